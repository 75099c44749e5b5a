"""SQL tables of what the lab trusts: images that came from elsewhere, and other labs' keys."""

from __future__ import annotations

STATEMENTS = (
    # An image that came from elsewhere and that an admin has allowed; by its id.
    """
    CREATE TABLE labdock_image_trust (
        image_id VARCHAR(80) PRIMARY KEY,
        reference VARCHAR(255) NOT NULL,
        made_by VARCHAR(64) NOT NULL,
        reason TEXT NOT NULL,
        created DOUBLE PRECISION NOT NULL
    )
    """,
    # A lab whose signature makes an imported image trusted.
    """
    CREATE TABLE labdock_lab_key (
        fingerprint VARCHAR(80) PRIMARY KEY,
        name VARCHAR(64) NOT NULL,
        made_by VARCHAR(64) NOT NULL,
        created DOUBLE PRECISION NOT NULL
    )
    """,
)
