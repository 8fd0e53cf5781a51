"""Who may charge: the cache, the CSMS (Part 2, C01, C10 to C12)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ocpp.exceptions import OCPPError
from ocpp.v201 import call
from tests.rig.external.wallbox.csms.link import Lost
from tests.rig.external.wallbox.device_model import DeviceModel
from tests.rig.external.wallbox.storage import Entry, Storage

Token = dict[str, Any]
ACCEPTED = "Accepted"


@dataclass
class Authorization:
    """A driver who may charge. `reported`: a TransactionEventRequest has had the token."""

    token: Token
    info: dict[str, Any]
    remote_start_id: int | None = None
    reported: bool = False

    @property
    def group(self) -> str | None:
        return _group(self.info)


def same(one: Token, other: Token) -> bool:
    return _key(one) == _key(other)


def _key(token: Token) -> tuple[str, str]:
    return token["id_token"].lower(), token["type"]


def _group(info: dict[str, Any]) -> str | None:
    group = info.get("group_id_token")
    return None if group is None else group["id_token"].lower()


class Authorizer:
    """Decides about tokens. `request` sends a request, `now` is the time of the wallbox."""

    def __init__(
        self,
        storage: Storage,
        model: DeviceModel,
        request: Callable[[Any], Awaitable[Any]],
        online: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._model = model
        self._request = request
        self._online = online
        self._now = now

    async def authorize(self, token: Token) -> Authorization | None:
        """The authorization of a driver, None if there is none."""
        if token["type"] == "NoAuthorization":
            return Authorization(token, {"status": ACCEPTED})
        known = self._known(token)
        if known is not None and known["status"] == ACCEPTED and self._locally():
            return Authorization(token, known)
        if not self._online():
            return None
        try:
            answer = await self._request(call.Authorize(id_token=token))
        except (Lost, OCPPError, TimeoutError):
            return None
        info = answer.id_token_info
        self.learn(token, info)
        return Authorization(token, info) if info["status"] == ACCEPTED else None

    def _locally(self) -> bool:
        name = "LocalPreAuthorize" if self._online() else "LocalAuthorizeOffline"
        return self._model.flag(f"AuthCtrlr.{name}")

    async def may_stop(self, started: Authorization, token: Token) -> bool:
        """Whether the token ends an authorization (E07.FR.01, C01.FR.03)."""
        if same(started.token, token):
            return True
        if started.group is None:
            return False
        known = self._known(token)
        if known is not None and known["status"] == ACCEPTED:
            return _group(known) == started.group
        found = await self.authorize(token)
        return found is not None and found.group == started.group

    def _known(self, token: Token) -> dict[str, Any] | None:
        """The IdTokenInfoType of the cache."""
        if not self._model.flag("AuthCacheCtrlr.Enabled"):
            return None
        entry = self._storage.cache.get(_key(token))
        if entry is None or self._expired(entry):
            return None
        entry.used = self._now().timestamp()
        return entry.info

    def _expired(self, entry: Entry) -> bool:
        now = self._now()
        until = entry.info.get("cache_expiry_date_time")
        if until is not None and datetime.fromisoformat(until) <= now:
            return True
        life_time = self._model.number("AuthCacheCtrlr.LifeTime")  # C10.FR.08
        return life_time > 0 and now.timestamp() - entry.used > life_time

    def learn(self, token: Token, info: dict[str, Any]) -> None:
        """Put what the CSMS answered into the cache (C10.FR.04, C10.FR.05)."""
        if token["type"] in ("Central", "NoAuthorization") or not self._model.flag("AuthCacheCtrlr.Enabled"):
            return
        if len(self._storage.cache) >= 100 and _key(token) not in self._storage.cache:
            oldest = min(self._storage.cache, key=lambda key: self._storage.cache[key].used)
            del self._storage.cache[oldest]
        self._storage.cache[_key(token)] = Entry(info, self._now().timestamp())

    def clear_cache(self) -> bool:
        """Whether the cache is in use and was cleared (C11)."""
        if not self._model.flag("AuthCacheCtrlr.Enabled"):
            return False
        self._storage.cache.clear()
        return True

    def known_about(self, token: Token) -> str:
        """What the wallbox has stored about a token, as text (N09)."""
        entry = self._storage.cache.get(_key(token))
        return "" if entry is None else f"cache: {token['id_token']} {entry.info}"

    def forget(self, token: Token) -> None:
        """Remove a token from the cache (N10)."""
        self._storage.cache.pop(_key(token), None)
