"""Small films and pictures, and claims about them, for tests of credentials.

Belongs here: what is signed without a job behind it. Not here: whole jobs (`tests/tiny.py`, `finished`).
"""

import io
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import imageio_ffmpeg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import JsonValue

from reelineage.documents import Disclosure
from reelineage.family import Ref
from reelineage.fingerprint import sha256_of_file
from resources.provenance.authority import LocalAuthority
from resources.provenance.identity import Trust
from resources.provenance.manifest import Claim, Ingredient
from resources.provenance.signing import Signer

INSTALLATION = "00000000-0000-4000-8000-000000000001"
SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
DISCLOSURE = Disclosure(
    digital_source_type=SYNTHETIC,
    ai_act_article_50=True,
    youtube_contains_synthetic_media=True,
    tiktok_is_aigc=True,
)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def film(path: Path, *, seconds: float = 0.5, colour: str = "red") -> Path:
    """An MP4 with picture and sound as the composer lays it out: `moov` in front, `free` behind it."""
    _ffmpeg(
        *("-f", "lavfi", "-i", f"color={colour}:size=90x160:rate=30:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=duration={seconds}", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
        *("-movflags", "+faststart", "-fflags", "+bitexact", str(path)),
    )
    return path


def picture(path: Path) -> Path:
    """A JPEG or PNG by its suffix."""
    _ffmpeg("-f", "lavfi", "-i", "testsrc2=size=90x160", "-frames:v", "1", str(path))
    return path


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def claim(source: Path, *ingredients: Ingredient, **said: JsonValue) -> Claim:
    """A claim about `source`, as if it were video 7 of job 42."""
    lineage: Mapping[str, JsonValue] = {
        "claim_version": 1, "installation": INSTALLATION, "job_id": 42, "video": "video:7", "video_sha256": "7" * 64,
        "records": [{"ref": "video:7", "version": 1, "sha256": "8" * 64}], "edges": [], "left_out": [], **said,
    }  # fmt: skip
    return Claim("video", sha256_of_file(source), "Taps", "0.0", DISCLOSURE, lineage, ingredients)


def footage(path: Path, *, clip: int = 1, media_type: str = "video/mp4") -> Ingredient:
    """A clip whose footage is `path`; its sha256 is not looked at, the store says where it lies."""
    sha256 = sha256_of_file(path)
    return Ingredient(Ref("clip", str(clip)), f"Scene {clip}", media_type, "componentOf", sha256, sha256)


def local_signer(folder: Path, timestamp_url: str | None = None) -> Signer:
    """A signer of a local authority of its own."""
    authority = LocalAuthority(folder)
    return Signer(authority.identity(), Trust(authority.root_pem.read_text()), timestamp_url)


def chain_files(
    folder: Path,
    key: Key | None = None,
    *,
    days: tuple[float, float] = (-1, 365),
    password: bytes | None = None,
    leaf_is_authority: bool = False,
    root_key: ec.EllipticCurvePrivateKey | None = None,
) -> tuple[Path, Path]:
    """A leaf under a root of another maker, or of the one with `root_key`: the chain's file, and the key's."""
    root_key = root_key or ec.generate_private_key(ec.SECP256R1())
    leaf_key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    start, end = (now + timedelta(days=day) for day in days)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)]) for who in ("Root of Others", "Others")]
    names = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Other maker"), *name]) for name in names]
    usage = {
        "content_commitment": False, "key_encipherment": False, "data_encipherment": False, "key_agreement": False,
        "encipher_only": False, "decipher_only": False,
    }  # fmt: skip
    certificates = []
    for name, public, authority in ((names[0], root_key, True), (names[1], leaf_key, leaf_is_authority)):
        certificates.append(
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[0])
            .public_key(public.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(start, now) if authority else start)
            .not_valid_after(max(end, now + timedelta(days=1)) if authority else end)
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **usage),
                critical=True,
            )
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .sign(root_key, hashes.SHA256())
        )
    chain, secret = folder / "chain.pem", folder / "signer.key"
    pem = serialization.Encoding.PEM
    chain.write_bytes(b"".join(one.public_bytes(pem) for one in reversed(certificates)))
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    secret.write_bytes(leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption))
    secret.chmod(0o600)
    return chain, secret


def flipped(data: bytes, place: int, bit: int) -> io.BytesIO:
    """The same bytes with one bit the other way round."""
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return io.BytesIO(bytes(changed))
