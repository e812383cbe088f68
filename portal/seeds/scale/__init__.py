"""A large program for measuring: the demo's, and three years of a thousand more partners on top of it."""

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from portal.extensions import db
from portal.privacy.rules import MOST_MONTHS, Keep
from portal.program import Program
from portal.seeds import demo
from portal.seeds.scale.beside import beside
from portal.seeds.scale.partners import COUNT
from portal.seeds.scale.play import Play
from portal.seeds.scale.world import the_world
from portal.seeds.scale.writers import loading

WORTH_A_PROCESS = 50_000
"""From so many referrals on they are thought up by a second process while this one writes."""


def seed(now: datetime, referrals: int) -> str:
    """Load a program of so many referrals in one transaction: 1,000 of the demo's first partner, the rest of others.

    Raises Refused where one was loaded before, or where somebody works in the portal meanwhile."""
    demo.seed(now)
    _keep_all()
    world = the_world()
    db.session.remove()
    with loading(db.engine) as writer:
        play = Play(world, writer.found(), now, referrals)
        if referrals < WORTH_A_PROCESS:
            play.run(writer.write)
        else:
            for batch in beside(play, current_app.config["SETTINGS"]):
                writer.write(batch)
    return f"{referrals:,} referrals of {COUNT + 1:,} partners are loaded."


def _keep_all() -> None:
    """For as long as can be: what is measured is the same the next morning."""
    longest = {str(keep): MOST_MONTHS for keep in Keep}
    db.session.execute(sa.update(Program).values(retention=longest))
    db.session.commit()
