"""Every flow of members and admins, and the tests that walk it in English and in Korean.

``test_every_flow.py`` holds the table to the tests: one that is renamed, or whose language
goes, is missed there.
"""

from __future__ import annotations

EN, KO = "en-US", "ko-KR"


def _both(test: str) -> tuple[str, str]:
    return f"{test}[{EN}]", f"{test}[{KO}]"


FLOWS: dict[str, tuple[str, str]] = {
    "choose the language by the browser, fail to log in": _both(
        "test_flows.py::test_the_browsers_language_greets_and_who_fails_to_log_in_is_told"
    ),
    "log out": _both("test_flows.py::test_logging_out_ends_it_on_every_page"),
    "switch the language": _both(
        "test_flows.py::test_the_language_is_switched_in_the_middle_of_work"
    ),
    "open, stop, start and restart from a card": _both(
        "test_flows.py::test_a_card_tells_what_a_workspace_is_and_steers_it"
    ),
    "start another workspace in two clicks, read why one ended, delete one": _both(
        "test_flows.py::test_another_workspace_is_two_clicks_away_and_says_how_it_ended"
    ),
    "save an environment, share it, start from it, delete it": _both(
        "test_flows.py::test_an_environment_is_saved_shared_started_from_and_deleted"
    ),
    "see and measure one's disk": _both("test_flows.py::test_the_disk_is_measured_and_shown"),
    "read a notice and put it away": _both("test_flows.py::test_a_notice_is_read_and_put_away"),
    "GPUs, time left, ports and Extend on a card": _both(
        "test_gpus_and_ports.py::test_the_overview_shows_gpu_time_and_ports"
    ),
    "wait in line and leave it": _both(
        "test_gpus_and_ports.py::test_a_member_waits_in_line_and_leaves_it"
    ),
    "set up a workspace and read why it did not start": _both(
        "test_pages.py::test_a_failed_start_says_why_and_how_to_go_on"
    ),
    "go back to what started last": _both(
        "test_environment_choice.py::test_a_start_that_fails_shows_the_way_back"
    ),
    "make, use and revoke a token": _both(
        "test_pages.py::test_a_token_is_shown_once_and_can_be_revoked"
    ),
    "one's own lessons": _both(
        "test_portal.py::test_a_member_sees_their_own_page_and_not_the_class"
    ),
    "the class": (
        "test_portal.py::test_an_instructor_opens_the_class_from_the_hubs_pages[en-US-words0]",
        "test_portal.py::test_an_instructor_opens_the_class_from_the_hubs_pages[ko-KR-words1]",
    ),
    "search and sort everybody's workspaces": _both(
        "test_lab_flows.py::test_everybodys_workspaces_are_searched_and_sorted"
    ),
    "stop what is ticked": _both("test_home.py::test_an_admin_stops_what_is_ticked"),
    "the machine": _both("test_lab_flows.py::test_the_machine_shows_gpus_line_and_reservations"),
    "announce and withdraw": _both(
        "test_lab_flows.py::test_an_announcement_is_told_to_everybody_until_it_is_withdrawn"
    ),
    "an announcement ends": _both("test_lab_flows.py::test_an_announcement_ends_by_itself"),
    "maintenance": _both(
        "test_lab_flows.py::test_during_maintenance_a_member_starts_nothing_and_reads_why"
    ),
    "who did what": _both("test_lab_flows.py::test_who_did_what_is_read_the_newest_first"),
    "start from what was chosen last, keep it as a profile": _both(
        "test_profiles.py::test_a_new_member_needs_two_clicks_and_keeps_what_was_good"
    ),
    "start from a profile": _both(
        "test_profiles.py::test_the_spawn_page_is_filled_in_from_a_profile_and_keeps_another"
    ),
    "act on many workspaces at once": _both(
        "test_lab_pages.py::test_an_admin_finds_ticks_and_acts_on_several_at_once"
    ),
    "tell owners, remove": _both(
        "test_lab_pages.py::test_an_admin_tells_owners_and_is_asked_before_removing"
    ),
    "images and disk": _both("test_lab_pages.py::test_an_admin_pins_prunes_and_reads_who_did_what"),
    "open a notebook by a link": (
        "test_open.py::test_a_link_leads_through_the_login_to_the_notebook",
        "test_open.py::test_what_was_changed_is_there_at_the_second_opening_in_korean",
    ),
    "sign up and be approved": _both(
        "test_accounts.py::test_a_sign_up_is_approved_on_the_admins_page"
    ),
    "follow an invitation": _both("test_accounts.py::test_an_invitation_link_leads_to_an_account"),
    "follow an invitation that is used up": _both(
        "test_accounts.py::test_an_invitation_that_is_used_up_makes_no_account"
    ),
    "a second factor, lost and reset": _both(
        "test_accounts.py::test_a_second_factor_from_setting_up_to_logging_in"
    ),
    "set a forgotten password by a link": _both(
        "test_accounts.py::test_a_forgotten_password_is_set_by_a_link"
    ),
    "change a temporary password": _both(
        "test_accounts.py::test_a_temporary_password_is_changed_at_the_first_login"
    ),
    "change one's password": _both(
        "test_accounts.py::test_a_password_is_changed_with_the_present_one"
    ),
    "log another browser out": _both(
        "test_accounts.py::test_one_browser_is_logged_out_from_another"
    ),
    "be locked out and let in again": _both(
        "test_accounts.py::test_who_fails_too_often_is_told_to_wait_and_an_admin_lets_them_in"
    ),
    "make and look after accounts": _both(
        "test_accounts.py::test_accounts_are_made_found_and_looked_after_on_pages"
    ),
    "make and fill a group": _both("test_accounts.py::test_a_group_is_made_and_filled"),
    "let a member leave": _both("test_accounts.py::test_a_member_leaves_after_a_look_at_what_goes"),
    "make a token of few rights": _both(
        "test_accounts.py::test_a_token_may_do_what_was_ticked_until_it_is_revoked"
    ),
    "how GPUs were used": _both(
        "test_gpus_and_ports.py::test_an_admin_sees_who_held_which_gpu_over_time"
    ),
}
