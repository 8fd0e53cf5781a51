"""Tokens of the group whose members end every session and begin none."""

from plugfest.lab.expectations import optional
from plugfest.lab.v201.bench import Bench
from plugfest.lab.v201.configuration import Need, Variable
from plugfest.lab.v201.states.authorized import authorization_ended, id_token
from plugfest.ocpp.v201 import messages as m


def master_pass_set(bench: Bench) -> tuple[Need, ...]:
    """The station knows which group the lab's master pass belongs to."""
    group = bench.tokens.master_pass.group or ""
    return (Need(Variable("AuthCtrlr", "MasterPassGroupId"), group, if_implemented=False),)


async def master_pass_presented(bench: Bench) -> None:
    """Hold the master pass to the reader; the CSMS is asked whose it is."""
    await bench.wait(bench.settings.transaction_duration)
    await bench.operator.present_token(bench.tokens.master_pass, bench.settings.evse_id)
    await bench.expect(m.AuthorizeRequest, id_token=id_token(bench.tokens.master_pass))
    await bench.settle()  # with the answer comes the menu, where there is one


async def choice_offered(bench: Bench, evse_ids: list[int]) -> None:
    """Nothing stops before the holder has chosen these EVSEs on the station's screen."""
    await bench.silence(m.TransactionEventRequest, seconds=0, trigger_reason="StopAuthorized")
    await bench.operator.choose_sessions(evse_ids)


async def stopped_by_master_pass(bench: Bench) -> None:
    """The station tells of the end of an authorization, and need not name the pass."""
    named = optional(id_token(bench.tokens.master_pass))
    await authorization_ended(bench, "StopAuthorized", ("MasterPass",), names=named)


def ended_by_master_pass(bench: Bench) -> None:
    """Erratum 6.2.32: the last event of the transaction is its end and names the reason."""
    last = bench.ledger.transactions[bench.known_state.transaction_id or ""].events[-1]
    actual = (last.message.event_type, last.message.transaction_info.stopped_reason)
    expected = "eventType Ended with stoppedReason MasterPass in the last event"
    bench.check(actual == ("Ended", "MasterPass"), expected, " ".join(map(str, actual)), frame=last.frame)
