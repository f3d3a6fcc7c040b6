"""Does the source of support matter? Each source with the others held equal."""

from collections.abc import Sequence

from dashboard.analysis.sources import BySource, Source
from dashboard.charts.associations import Row, associations
from dashboard.charts.canvas import plain
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, View


def view(chosen: Chosen, found: BySource) -> View:
    ranked = sorted(found.sources, key=lambda one: one.partial.value)
    by_size = sorted(ranked, key=lambda one: abs(one.partial.value))
    weakest, strongest = by_size[0], by_size[-1]
    differ = "differ" if found.differ else "alike"
    test = _test(chosen, found)
    values = {
        "outcome": chosen.outcome,
        "adjusted": chosen.adjusted(),
        "source": chosen.say(f"from.{strongest.source}"),
        "said": chosen.said(strongest.partial),
        "instrument": chosen.say(f"instrument.{chosen.choices['instrument']}"),
        "test": test,
    }
    return View(
        _answer(chosen, ranked),
        chosen.own(f"explanation_{differ}", **values),
        [
            *(
                Number(
                    chosen.own(key),
                    f"{chosen.told(one.partial)['value']} {chosen.say(f'from.{one.source}')}",
                    chosen.interval(one.partial),
                )
                for key, one in (("card_strongest", strongest), ("card_weakest", weakest))
            ),
            Number(
                chosen.own("card_differ"),
                chosen.own("card_differ_yes" if found.differ else "card_differ_no"),
                test,
            ),
            Number(
                chosen.own("card_people"),
                chosen.number(found.people),
                chosen.own("card_forms", forms=chosen.number(found.forms)),
            ),
        ],
        chosen.own(f"here_{differ}", **values),
        [_forest(chosen, found, ranked, values)],
        chosen.own("estimand", **values),
        chosen.own("method", **values),
        found.people,
        found.forms,
        (found.without, chosen.say("line.without_beside", beside=chosen.own("beside"))),
    )


def _test(chosen: Chosen, found: BySource) -> str:
    if found.statistic is None:
        return chosen.own("method_no_test")
    value, upper, lower, p = found.statistic
    return chosen.own(
        "card_differ_note",
        upper=chosen.number(upper),
        lower=chosen.number(lower),
        f=chosen.number(value),
        p=chosen.own("p_small") if p < 0.01 else chosen.own("p", p=chosen.number(p)),
    )


def _answer(chosen: Chosen, ranked: Sequence[Source]) -> str:
    for key, sign in (("some", -1), ("more", 1)):
        clear = [
            chosen.say(f"support_from.{one.source}")
            for one in ranked
            if one.partial.clear and one.partial.value * sign > 0
        ]
        if clear:
            named = chosen.session.words.joined(clear)
            return chosen.own(f"answer_{key}", sources=named, outcome=chosen.outcome)
    return chosen.own("answer_none", outcome=chosen.outcome)


def _forest(
    chosen: Chosen, found: BySource, ranked: Sequence[Source], values: dict[str, str]
) -> Picture:
    alone = chosen.own("alone")
    rows, told = [], []
    for one in ranked:
        name = chosen.say(f"from.{one.source}")
        people = chosen.part(one.people, found.people)
        hidden = people == chosen.session.words.say("disclosure.hidden")
        below = chosen.own("below_hidden") if hidden else chosen.own("below", n=people)
        rows += [
            Row(name, below, one.partial, chosen.written(one.partial)),
            Row(alone, "", one.alone, chosen.written(one.alone), main=False),
        ]
        told += [(name, one.partial, people), (f"{name}, {alone}", one.alone, people)]
    return Picture(
        "source_associations",
        associations(
            rows,
            plain(chosen.own("axis", **values)),
            (chosen.own("lower"), chosen.own("higher")),
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        chosen.table(told),
        chosen.own("title"),
        chosen.own("reading", **values),
        chosen.own("how"),
    )
