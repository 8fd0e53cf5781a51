"""Texts of a station that a format, a terminal or a template could take for more than text."""

from typing import Final

HOSTILE: Final = (
    "<script>alert(1)</script>",
    "</td></pre></svg><h1>PASS</h1><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &amp; &#x1b; &copy;",
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "]]><![CDATA[ x ]]> <!-- x -->",
    "{{ 7 * 7 }} {% for a in b %} {# c #}",
    '#panic("x") #read("/etc/passwd") *bold* _it_ $x^2$ `raw` @ref <label> \\u{41} // gone = Heading',
    '=HYPERLINK("http://192.0.2.1","x")',
    "+1+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    "＝1+1",  # noqa: RUF001
    'a","b\r\nTC_X_01_CS,passed',
    "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://192.0.2.1\x1b\\link\x1b[8mhidden",
    "\x9b2J\x90q\x9c\x00\x08\x0b\x0c\x7f",
    "one\rtwo\u2028three\u2029four\x85five",
    "user\u202egnp.exe\u2066\u200b\u2069",
    "[bold red]PASS[/] [link=http://192.0.2.1]x[/link] [@click=app.bell]:boom:",
    "\ue000\U000e0041\U0010ffff",
)
