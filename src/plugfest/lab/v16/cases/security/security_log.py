"""N01 Retrieve Log Information: the security log."""

from plugfest.lab.case import case
from plugfest.lab.checks.uploaded_log import check_log_uploaded
from plugfest.lab.expectations import meets
from plugfest.lab.v16.bench import Bench
from plugfest.ocpp.v16 import messages as m
from plugfest.ocpp.v16 import types as t


@case(
    "TC_079_CS",
    requirements=("N01.FR.01", "N01.FR.02", "N01.FR.03", "N01.FR.07", "N01.FR.08", "N01.FR.09", "N01.FR.12"),
)
async def security_log(bench: Bench) -> None:
    request_id = bench.configuration.next_id()
    folder = f"/logs/{request_id}"
    bench.files.documents.make_folder(folder)
    location = await bench.files.url(f"{folder}/", bench.files.protocol(1))
    request = m.GetLogRequest(
        log=t.LogParametersType(remote_location=location), log_type=t.LogEnumType.SecurityLog, request_id=request_id
    )
    bench.step(1, "N01.FR.01")
    response = await bench.call(request, status="Accepted", filename=meets("the name of the log file", bool))
    bench.step(3, "N01.FR.07, N01.FR.08")
    await bench.expect(m.LogStatusNotificationRequest, status="Uploading", request_id=request_id)
    bench.step(5, "N01.FR.07, N01.FR.09")
    within = bench.settings.transfer_timeout
    await bench.expect(m.LogStatusNotificationRequest, status="Uploaded", request_id=request_id, within=within)
    check_log_uploaded(bench.step(5, "N01.FR.02, N01.FR.03"), folder, str(response.filename))
