"""A token that the station knows by itself: cached and listed, each if it is implemented."""

from plugfest.lab.settings import Token
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import needs
from plugfest.lab.v201.memory.id_token_cached import id_token_cached
from plugfest.lab.v201.memory.id_token_local_auth_list import id_token_local_auth_list


async def id_token_known(bench: Bench, token: Token | None = None) -> None:
    """IdTokenCached and IdTokenLocalAuthList "(if implemented)"."""
    known = token or bench.tokens.valid
    if bench.configuration.is_true("AuthCacheCtrlr.Available"):
        await bench.configuration.establish(needs({"AuthCacheCtrlr.Enabled": "true"}))
        await id_token_cached(bench, known)
    if bench.configuration.is_true("LocalAuthListCtrlr.Available"):
        await id_token_local_auth_list(bench, known)
