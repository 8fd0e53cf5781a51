"""The security profiles: password and TLS of each."""

from plugfest.security.profile import SecurityProfile


def test_each_profile_has_its_password_and_tls():
    used = {profile.value: (profile.uses_password, profile.uses_tls) for profile in SecurityProfile}
    assert used == {0: (False, False), 1: (True, False), 2: (True, True), 3: (False, True)}
