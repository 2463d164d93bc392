"""Strangers: papers of content management systems that no layout knows, drawn from a grammar of what real ones do.

    world = stranger_world(seed=7, count=60, closed=6)
    with Newsroom(world) as newsroom:
        …adopt world.root(world.papers[0])…
        truth = newsroom.world.record()[world.papers[0].name]

`stranger` says what is drawn, `draw` by which chances; `design` is the look of the pages, `hooks` the names in their
markup; `addresses`, `clocks`, `bodies`, `feeds`, `maps` and `lists` are the grammar; `closed` are those that must be
refused. What a human editor would take for the article is what the truth holds.
"""
