"""The security profiles: who shows what to whom."""

from plugfest.security.profile import SecurityProfile


def test_each_profile_shows_what_it_is_made_of():
    shown = {profile.value: (profile.uses_password, profile.uses_tls) for profile in SecurityProfile}
    assert shown == {0: (False, False), 1: (True, False), 2: (True, True), 3: (False, True)}
