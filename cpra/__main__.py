"""`python -m cpra`: the command line, where no `cpra` is on the path."""

from cpra.cli import main

if __name__ == "__main__":
    main()
