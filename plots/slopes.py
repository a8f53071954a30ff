#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Before and after, from `pcpubench compare --json`: slopes.png, .svg.

slopes.py COMPARE.json OUT-DIR

A row of panels for each topology, instrument and pair of kernels: the cost, and
off, which a patch should leave alone. A line for each size goes from OLD to NEW.
"""

import collections
import json
import sys

from style import BETTER, UNITS, WORSE, apart, legend_below, plt, save

LOOKS = {  # colour, dashes, width by verdict
    "worse": (WORSE, "-", 1.8), "better": (BETTER, "-", 1.8),
    "none": ("#777777", (0, (4, 3)), 1.2),
}
VERDICTS = {"slower": "worse", "more": "worse", "faster": "better",
            "less": "better"}


def figure_of(value):
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percent(value):
    return (f"{value:+.0f} %" if abs(value) >= 100 else
            f"{value:+.3g} %" if abs(value) >= .1 else f"{value:+.1g} %")


def label(row):
    """The label at the right end of a line."""
    text = f"{row['param']} B  {figure_of(row['new'])}  "
    if row["verdict"] in VERDICTS:
        text += f"{row['diff']:+.4g}" if abs(row["diff"]) < 1000 else \
            f"{row['diff']:+.0f}"
        text += f", {percent(row['diff_pct'])}"
        if row["low"] != row["high"]:
            span = 100 * row["low"] / (row["diff"] or 1), 100 * row["high"] / (
                row["diff"] or 1)
            text += " [{}, {}]".format(*(
                percent(row["diff_pct"] * s / 100)[:-2] for s in span))
        return text
    return text + {"~": "~", "same": "same", "few": "too few boots"}.get(
        row["verdict"], row["verdict"])


def spread(n):
    """The x of n boots around a place."""
    return [.05 * ((i + .5) / n - .5) for i in range(n)]


def panel(axes, rows, title, inches):
    """@inches: the panel's height; a label takes 0.12 of them."""
    values = [row[k] for row in rows for k in ("old", "new")]
    if min(values) > 0:
        axes.set_yscale("log")
    for row in rows:
        colour, dash, width = LOOKS[VERDICTS.get(row["verdict"], "none")]
        for x, boots in ((0, row["values_old"]), (1, row["values_new"])):
            if len(boots) > 1:
                axes.plot([x + d for d in spread(len(boots))], boots, "o",
                          ms=1.8, color=colour, alpha=.6, mew=0)
        axes.plot([0, 1], [row["old"], row["new"]], color=colour, ls=dash,
                  lw=width, marker="o", ms=4.5, mfc="white", mew=1.3)
    axes.margins(y=.16)
    low, high = axes.get_ylim()
    place = axes.transData + axes.transAxes.inverted()
    for x, key, ha in ((0, "old", "right"), (1, "new", "left")):
        wanted = [place.transform((x, row[key]))[1] for row in rows]
        for row, y in zip(rows, apart(wanted, .13 / inches, .04, .95)):
            text = label(row) if x else \
                f"{row['param']} B  {figure_of(row['old'])}"
            axes.annotate(text, (x, row[key]), (x + (.07 if x else -.07), y),
                          xycoords="data", textcoords=("data", "axes fraction"),
                          ha=ha, va="center", fontsize=7,
                          arrowprops={"arrowstyle": "-", "lw": .4,
                                      "color": "#999999", "shrinkA": 0,
                                      "relpos": (1 - x, .5),
                                      "shrinkB": 3})
    axes.set_ylim(low, high)
    axes.set_xlim(-.75, 2.35)
    axes.set_xticks([0, 1])
    axes.set_title(title, fontsize=9)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(axis="both", which="both", length=0)
    axes.yaxis.set_major_locator(plt.NullLocator())
    axes.yaxis.set_minor_locator(plt.NullLocator())


def short(name):
    return name.rstrip("/").rsplit("/", 1)[-1] or name


def count(rows, key):
    numbers = sorted({row["boots_" + key] for row in rows})
    return "{} boot{}".format(" to ".join(map(str, numbers[::max(1, len(numbers)
                                                             - 1)])),
                              "s" * (numbers != [1]))


def side(rows, name, kernel):
    key = name.lower()
    releases = sorted({row["release_" + key] for row in rows})
    return (f"{name} {short(kernel)}\nLinux {', '.join(releases)}\n"
            f"{count(rows, key)}")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: slopes.py COMPARE.json OUT-DIR")
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = json.load(f)["cells"]
    groups = collections.OrderedDict()
    without = 0
    for row in rows:
        if row["old"] is None or row["new"] is None:
            without += row["quantity"] == "cost"
            continue
        key = (row["topology"], row["instrument"], row["bench"],
               row["kernel_old"], row["kernel_new"])
        groups.setdefault(key, {}).setdefault(row["quantity"], []).append(row)
    inches = .5 + .2 * max(5, *(len(g["cost"]) for g in groups.values()))
    fig, axes = plt.subplots(len(groups), 2, squeeze=False,
                             layout="constrained",
                             figsize=(9, max(6, 1 + len(groups) * (.95 + inches))))
    for line, (key, quantities) in zip(axes, groups.items()):
        topology, instrument, bench, old, new = key
        for ax, quantity, name in zip(line, ("cost", "off"),
                                      ("ACCT COST, on - off", "off")):
            part = quantities[quantity]
            unit = UNITS.get(part[0]["unit"], part[0]["unit"])
            panel(ax, part, f"{topology}, {bench}, {instrument}\n"
                            f"{name}, {unit} per {part[0]['per']}", inches)
            ax.set_xticklabels([side(part, "OLD", old), side(part, "NEW", new)])
    note = "%: NEW - OLD of OLD's off; [..]: its interval; ~: not significant"
    if without:
        note += f"; {without} cells without numbers on both sides"
    fig.suptitle(note, fontsize=7.5)
    legend = [plt.Line2D([], [], color=c, ls=d, lw=w)
              for c, d, w in LOOKS.values()]
    legend_below(fig, legend,
                 ["NEW is dearer", "NEW is cheaper", "no difference found"])
    save(fig, sys.argv[2], "slopes")


if __name__ == "__main__":
    main()
