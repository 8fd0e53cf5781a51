"""A valid PICS file, which tests change, and the files of the catalog."""

from importlib.resources import files
from pathlib import Path

VALID_PICS = """
[product]
vendor = "Acme"
model = "Wallbox"
firmware_version = "1.0"
ocpp_version = "2.0.1"
profiles = ["Core"]

[hardware]
"HFS-1" = false
"HFS-2" = true
"HFS-8" = 1
"HFS-9" = "Ethernet"

[[evse]]
id = 1
current = "AC"
phases = 3
connectors = [{ id = 1, type = "cType2", cable = "Fixed Cable" }]

[features]
"C-01" = true
"C-02" = "Yes"
"C-06.2" = true
"C-09.1" = true
"C-10.1" = true
"C-12.2" = true
"C-23" = ["Heartbeat"]
"C-30" = true
"C-38" = true
"C-41" = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]
"C-48.1" = true
"C-49" = "No"

[measurands]
"C-40.1" = ["Voltage"]
"C-40.2" = { tested = ["Voltage"], supported = ["SoC", "Voltage"] }
"C-40.3" = ["Voltage"]
"C-40.4" = ["Voltage"]
"C-40.5" = ["Voltage"]

[questions]
"AQ-1" = true

[settings]
"ORS-7" = 1
"ORS-8" = 6
"""


def catalog_text(name: str) -> str:
    """The PICS file of a product in the catalog."""
    (file,) = Path(str(files("plugfest.products"))).glob(f"catalog/*/{name}.toml")
    return file.read_text(encoding="utf-8")


def pics_file(folder: Path, *changes: tuple[str, str], text: str = VALID_PICS) -> str:
    """The path of a PICS file, with each old text replaced by the new one."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "my.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)
