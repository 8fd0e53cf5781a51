"""Scripts and styles of the pages."""

import gzip

from tests.web.site import answer

from plugfest.web.static_files import KEPT, static_files, static_url


def test_a_file_at_the_address_with_its_version_is_kept_by_browsers() -> None:
    assert answer([], "GET", static_url("style.css")).headers["cache-control"] == KEPT


def test_a_file_at_another_address_is_asked_for_again() -> None:
    for address in ("/static/style.css", "/static/style.css?v=before"):
        assert answer([], "GET", address).headers["cache-control"] == "no-cache"


def test_a_file_is_compressed_for_those_who_accept_it() -> None:
    plain = answer([], "GET", "/static/htmx.min.js", headers={"Accept-Encoding": "identity"})
    compressed = answer([], "GET", "/static/htmx.min.js", headers={"Accept-Encoding": "br, gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert compressed.content == plain.content == gzip.decompress(static_files()["htmx.min.js"].compressed)


def test_only_files_of_the_folder_are_sent() -> None:
    for name in ("none.css", "..%2Fpages.py", "../pages.py"):
        assert answer([], "GET", f"/static/{name}").status_code == 404
