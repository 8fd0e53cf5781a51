"""Drafts of products of the catalog, as if everything were known."""

from plugfest.products import Product
from plugfest.products.draft import Draft, Known


def draft_of(product: Product, source: str = "known") -> Draft:
    """The draft with every answer of a product."""
    identity = {"vendor": product.vendor, "model": product.model, "firmware_version": product.firmware_version}
    return Draft(
        version=product.ocpp_version,
        identity={key: Known(value, source) for key, value in identity.items()},
        profiles={name: Known(name in product.profiles, source) for name in product.feature_catalog.profiles},
        answers={id: Known(answer, source) for id, answer in product.answered.items()},
        evses=product.evses,
        evses_from=source,
        limits={key: Known(limit, source) for key, limit in product.performance.limit.items()},
    )
