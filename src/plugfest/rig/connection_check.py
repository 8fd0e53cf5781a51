"""Waits for a station to connect as it is commissioned, without a campaign."""

from collections.abc import Sequence

import msgspec

from plugfest import clock
from plugfest.lab import events
from plugfest.lab.composition import compose
from plugfest.lab.recording.record import Frame
from plugfest.lab.settings import LabSettings
from plugfest.lab.verdict import LabError
from plugfest.products import Product
from plugfest.rig.commissioning_guide import Announce, CommissioningGuide
from plugfest.rig.pki_folder import PkiFolder


class NoStation(LabError):
    """No station connected in time."""


async def wait_for_station(
    product: Product,
    settings: LabSettings,
    pki_folder: PkiFolder | None,
    announce: Announce,
    listeners: Sequence[events.Listener] = (),
    *,
    shows_password: bool = False,
) -> list[Frame]:
    """The frames of a station until it has booted, or until it would have sent what it sends at boot.

    `announce` is called when the lab listens. The station has the boot timeout of the settings. `shows_password`: as
    in `CommissioningGuide`.

    Raises:
        NoStation: none connected, or not with the identity, the credentials and the version that it has to have.
        CannotListen: the lab cannot listen at the address in the settings.
        PkiNotUsable: the folder has no usable root certificate.
    """
    pki = None if pki_folder is None else pki_folder.pki(clock.SystemClock().now())
    settings = msgspec.structs.replace(settings, root_installed=pki_folder is not None)
    lab = compose(product, settings, listeners, pki)
    main = await lab.commissioner.open_main()
    try:
        guide = CommissioningGuide(
            lab.commissioner.default, [product.ocpp_version], pki_folder, shows_password=shows_password
        )
        guide.write_files()
        announce(guide, settings.boot_timeout)
        if not await lab.csms.wait_connected(within=settings.boot_timeout):
            waited = f"no station connected within {settings.boot_timeout:g} s"
            raise NoStation(f"{waited}: {main.last_refusal()}")
        await lab.wait_booted()
        return list(lab.record.frames)
    finally:
        await lab.csms.close()
