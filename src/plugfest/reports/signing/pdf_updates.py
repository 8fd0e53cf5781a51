"""Judges what was appended to a PDF: signatures only, or something that changes what it shows.

PDF programs sign by appending an update, which may replace any object of the file. Permitted are new objects, and the
changes of objects that a signature needs. The catalog decides which new objects are used.
"""

import logging
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from plugfest.reports.signing.pdf_signature import PdfSignature

logging.getLogger("pyhanko.sign").setLevel(logging.CRITICAL)  # it would print why it does not trust a certificate

MAX_FIELDS: Final = 100
"""Signatures that are checked: more than a report ever has."""

CHANGEABLE: Final[Mapping[str, frozenset[str]]] = {
    "/Catalog": frozenset({"/AcroForm", "/DSS", "/Extensions", "/Perms", "/Version"}),
    "/Page": frozenset({"/Annots"}),
    "": frozenset({"/ModDate", "/Producer"}),  # the document information has no type
}
"""The keys that may change, by the type of the object."""

FORM_KEYS: Final = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})
FORBIDDEN_FIELD_KEYS: Final = frozenset({"/Kids", "/A", "/AA"})


class UnsuitableUpdate(Exception):
    """What was appended is not only signatures. The text is the reason."""


def appended_signatures(original: bytes, whole: bytes) -> tuple[PdfSignature, ...]:
    """The signatures that were appended to the original, in their order.

    Raises:
        UnsuitableUpdate: something else was changed, or a signature is not valid.
    """
    try:
        return tuple(_signatures(PdfFileReader(BytesIO(original)), PdfFileReader(BytesIO(whole))))
    except UnsuitableUpdate:
        raise
    except Exception as error:  # a PDF from elsewhere may break the reader in any way
        raise UnsuitableUpdate(f"it is not a PDF update that can be read ({type(error).__name__})") from None


def _signatures(original: PdfFileReader, whole: PdfFileReader) -> Iterator[PdfSignature]:
    _check_history(original, whole)
    for reference in _updated(original, whole):
        _check_object(original, whole, reference)
    fields = _form_fields(whole)
    if not whole.embedded_signatures:
        raise UnsuitableUpdate("it has no signature")
    if whole.embedded_signatures[-1].evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        raise UnsuitableUpdate("no signature covers all of it")
    for signature in whole.embedded_signatures:
        _check_signature(signature)
        yield PdfSignature(
            signer=signature.signer_cert.subject.human_friendly,
            certificate=signature.signer_cert.sha256.hex(),
            visible=any(_is_visible(field) for field in fields if _value(field, "/T") == signature.field_name),
        )


def _check_history(original: PdfFileReader, whole: PdfFileReader) -> None:
    """The update must begin where the original ends. A chain of updates could bypass it."""
    last = original.xrefs.total_revisions - 1
    begins = whole.xrefs.total_revisions > last + 1 and (
        whole.xrefs.get_startxref_for_revision(last) == original.xrefs.get_startxref_for_revision(last)
    )
    if not begins or whole.encrypted:
        raise UnsuitableUpdate("it is not an update of this PDF")
    for key in ("/Root", "/Info"):
        if _written(whole.trailer.raw_get(key)) != _written(original.trailer.raw_get(key)):
            raise UnsuitableUpdate(f"it replaces {key}")


def _updated(original: PdfFileReader, whole: PdfFileReader) -> Iterator[generic.Reference]:
    """The objects of the original that an update replaces or removes."""
    for revision in range(original.xrefs.total_revisions, whole.xrefs.total_revisions):
        removed = whole.xrefs.refs_freed_in_revision(revision)
        for reference in whole.xrefs.explicit_refs_in_revision(revision) | removed:
            if _exists(original, reference):
                yield reference


def _exists(reader: PdfFileReader, reference: generic.Reference) -> bool:
    try:
        generic.Reference(reference.idnum, reference.generation, pdf=reader).get_object()
    except PdfReadError:
        return False
    return True


def _check_object(original: PdfFileReader, whole: PdfFileReader, reference: generic.Reference) -> None:
    old, new = (
        generic.Reference(reference.idnum, reference.generation, pdf=reader).get_object()
        for reader in (original, whole)
    )
    if isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject):
        if {str(_value(one, "/Type")) for one in (old, new)} != {"/Metadata"}:
            raise UnsuitableUpdate(f"it replaces object {reference.idnum}")
        return
    if not isinstance(old, generic.DictionaryObject) or not isinstance(new, generic.DictionaryObject):
        raise UnsuitableUpdate(f"it replaces object {reference.idnum}")
    kind = str(_value(old, "/Type", ""))
    changed = {key for key in old.keys() | new.keys() if _entry(old, key) != _entry(new, key)}
    if not changed <= CHANGEABLE.get(kind, frozenset()):
        raise UnsuitableUpdate(f"it changes {kind.removeprefix('/').lower() or 'the information'} ({reference.idnum})")
    if "/Annots" in changed:
        _check_annotations(old, new)


def _entry(one: generic.DictionaryObject, key: str) -> bytes:
    return _written(one.raw_get(key)) if key in one else b""


def _written(one: generic.PdfObject) -> bytes:
    stream = BytesIO()
    one.write_to_stream(stream, None)
    return stream.getvalue()


def _check_annotations(old: generic.DictionaryObject, new: generic.DictionaryObject) -> None:
    """Those of the old page must still be there; those added must be fields for signatures."""
    before, after = (_value(one, "/Annots", generic.ArrayObject()) for one in (old, new))
    if _entries(after)[: len(before)] != _entries(before):
        raise UnsuitableUpdate("it changes annotations of a page")
    for index in range(len(before), len(after)):
        _check_field(after[index])


def _entries(array: generic.ArrayObject) -> list[bytes]:
    return [_written(array.raw_get(index)) for index in range(len(array))]


def _check_field(field: generic.DictionaryObject) -> None:
    if _value(field, "/FT") != "/Sig" or FORBIDDEN_FIELD_KEYS & field.keys():
        raise UnsuitableUpdate("it adds an annotation that is not a signature")


def _form_fields(whole: PdfFileReader) -> list[generic.DictionaryObject]:
    form = _value(whole.root, "/AcroForm", {})
    fields = _value(form, "/Fields", [])
    if not form.keys() <= FORM_KEYS or len(fields) > MAX_FIELDS:
        raise UnsuitableUpdate("it adds a form that is not for signatures only")
    found = [fields[index] for index in range(len(fields))]
    for field in found:
        _check_field(field)
    return found


def _value(one: Mapping[str, Any], key: str, default: Any = None) -> Any:
    """The value of a key; `get` of pyHanko would give a reference."""
    return one[key] if key in one else default  # noqa: SIM401


def _is_visible(field: generic.DictionaryObject) -> bool:
    left, bottom, right, top = (float(one) for one in _value(field, "/Rect", (0, 0, 0, 0)))
    return left != right and bottom != top


def _check_signature(signature: EmbeddedPdfSignature) -> None:
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, context, skip_diff=True)
    covers = status.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    if not (status.intact and status.valid and covers):
        raise UnsuitableUpdate(f"the signature of {signature.signer_cert.subject.human_friendly} is not valid")
