"""The command `genodl`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand. Exit codes: 0 done, 2 bad input or arguments, 130 interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("genodl: stopped.", file=sys.stderr)
        return 130
    except (ValueError, TypeError, OSError, ImportError, NotImplementedError) as error:
        print(f"genodl {options.command}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    from . import __version__

    parser = argparse.ArgumentParser(prog="genodl", description="Deep learning for genomics on CPUs.")
    parser.add_argument("--version", action="version", version=f"genodl {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    _add_demo(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo",
        help="train a small network on real CTCF binding sites, in under a minute",
        description="Trains a small convolutional network to tell CTCF binding sites from dinucleotide-shuffled "
        "ones and compares it with the best-known motif on a chromosome held out. Writes pictures, the model and "
        "a page, index.html.",
        epilog="Example: genodl demo --out my-first-run --epochs 5",
    )
    demo.add_argument("--out", default="demo-results", metavar="FOLDER", help="where to write (default: %(default)s)")
    demo.add_argument("--epochs", type=int, default=12, help="at most so many passes (default: %(default)s)")
    demo.add_argument("--seed", type=int, default=0, help="same seed, same result (default: %(default)s)")
    demo.set_defaults(run=_run_demo)


def _run_demo(options: argparse.Namespace) -> None:
    from . import demo

    demo.run(options.out, epochs=options.epochs, seed=options.seed)


if __name__ == "__main__":
    sys.exit(main())
