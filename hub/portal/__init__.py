"""The portal: a service of the hub with an API for programs and pages for people."""
