"""The fixtures that plugin authors get, used as they would use them."""

pytest_plugins = ["pytester"]

TESTS = """
    import numpy as np
    import pytest

    import fancy
    from alcore import AlsegError, ComponentSpec, StrategySpec


    def test_query(small_query):
        assert len(small_query.status) == 15
        assert list(small_query.labelled) == [0, 7]
        assert small_query.predictor.features(small_query.candidates).shape[0] == 13


    def test_store(tiny_store):
        assert tiny_store.info.dataset == "tiny"


    def test_registry(isolated_registry):
        registry = isolated_registry(fancy)
        assert registry.get(StrategySpec, "fancy").origin == "fancy tests"
        assert [component.spec.name for component in registry.components(ComponentSpec)] == ["fancy"]
        with pytest.raises(AlsegError, match="no strategy named 'random'"):
            registry.get(StrategySpec, "random")
"""


def test_the_fixtures_work_in_a_strangers_test_run(pytester):
    pytester.makeconftest('pytest_plugins = ["alcore.testing.fixtures"]')
    pytester.makepyfile(
        fancy="""
        import alcore

        @alcore.hookimpl
        def register_strategies():
            yield alcore.StrategySpec(name="fancy", summary="Fancy.", target="fancy:Fancy")
        """
    )
    pytester.makepyfile(test_fancy=TESTS)
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=3)
