"""What a virtual station does wrong on demand: the wrong stations of the self-test, and transport faults.

    misbehaviours = parse(["late:rate=0.2,seconds=3", "omits-stoppedreason"], product, seed=7)
    own = misbehaviours.of("CS001")
    virtual = VirtualStation(product, settings, context=own.context, open_websocket=own.open_websocket)
    ...
    await virtual.close()
    own.close()

`parse` is called before the station is made. Only code of the station that runs in `own.context` misbehaves; other
stations of the process do not. The package imports the lab: import it only where a station has to misbehave.
"""

from plugfest.rig.misbehaviour.errors import MisbehaviourError
from plugfest.rig.misbehaviour.misbehaviours import Misbehaviours, StationMisbehaviour, parse

__all__ = ["MisbehaviourError", "Misbehaviours", "StationMisbehaviour", "parse"]
