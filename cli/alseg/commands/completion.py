"""``alseg completion``."""

import click

from alseg.output import echo


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    r"""Print the script that completes alseg's commands, options and names in SHELL.

    \b
    bash:  eval "$(alseg completion bash)"         in ~/.bashrc
    zsh:   eval "$(alseg completion zsh)"          in ~/.zshrc
    fish:  alseg completion fish | source          in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from alseg.main import cli

    script = get_completion_class(shell)
    assert script is not None
    echo(script(cli, {}, "alseg", "_ALSEG_COMPLETE").source())
