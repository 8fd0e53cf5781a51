"""The product of a command: an argument, or the option --product, which is the same."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import click

from plugfest.cli.options.adding import Command, add_options

OPTION: Final = "named_product"
"""The parameter of --product."""

METAVAR: Final = "PRODUCT_OR_FILE"


def product_argument(command: Command) -> Command:
    """Add the product to a command, as its parameter `product`."""
    return add_options(_checked(command, "product"), _parameters(_one, multiple=False, required=True))


def optional_product_argument(command: Command) -> Command:
    """Add the product to a command that can have another subject, as its parameter `product`; None if not given."""
    return add_options(_checked(command, "product"), _parameters(_at_most_one, multiple=False, required=False))


def products_argument(command: Command) -> Command:
    """Add any number of products to a command, as its parameter `products`."""
    return add_options(_checked(command, "products"), _parameters(_all, multiple=True, required=False))


def _checked(command: Command, parameter: str) -> Command:
    """The command; a product that does not exist is an error before what the command needs is imported."""

    @functools.wraps(command)
    def with_check(**values: Any) -> Any:
        given = values[parameter]
        for product in given if isinstance(given, tuple) else (given,):
            if product is not None:
                _check(product)
        return command(**values)

    return cast(Command, with_check)


def _check(product: str) -> None:
    from plugfest.products import ProductError, check_product_exists

    try:
        check_product_exists(product)
    except ProductError as error:
        raise click.ClickException(str(error)) from None


def _parameters(
    take: Callable[[click.Context, click.Parameter, object], object], *, multiple: bool, required: bool
) -> Sequence[Callable[[Command], Command]]:
    metavar = METAVAR if required else f"[{METAVAR}]"
    return (
        click.argument(
            "products" if multiple else "product",
            metavar=f"{metavar}..." if multiple else metavar,
            required=False,
            nargs=-1 if multiple else 1,
            callback=take,
        ),
        click.option(
            "--product",
            OPTION,
            multiple=multiple,
            metavar=METAVAR,
            is_eager=True,
            expose_value=False,
            callback=_note,
            help="The same as the argument." + (" May be repeated." if multiple else ""),
        ),
    )


def _note(ctx: click.Context, _: click.Parameter, value: object) -> None:
    ctx.meta[OPTION] = value


def _at_most_one(ctx: click.Context, _: click.Parameter, value: object) -> object:
    option = ctx.meta.get(OPTION)
    if value is not None and option is not None:
        raise click.UsageError("give the product once: as the argument, or with --product.")
    return value if value is not None else option


def _one(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    product = _at_most_one(ctx, parameter, value)
    if product is None:
        raise click.UsageError(f"give a product of the catalog or a PICS file: {ctx.command_path} {METAVAR}.")
    return product


def _all(ctx: click.Context, _: click.Parameter, value: object) -> object:
    option = ctx.meta.get(OPTION)
    return (*_tuple(value), *_tuple(option))


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
