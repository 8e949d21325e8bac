"""``python -m alseg``."""

from alseg.main import main

if __name__ == "__main__":
    main()
