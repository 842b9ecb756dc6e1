"""Prices from a table that lies in the package."""

import csv
from importlib.resources import files


class NoSuchProduct(LookupError):
    pass


def price_of(product):
    with files(__package__).joinpath("table.csv").open(encoding="utf-8", newline="") as table:
        for name, cents in csv.reader(table):
            if name == product:
                return int(cents)
    raise NoSuchProduct(f"no price for {product}")
