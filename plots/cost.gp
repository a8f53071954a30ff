# SPDX-License-Identifier: GPL-2.0-or-later
#
# ACCT COST against CPUs, nodes or size: measured points, fitted lines, and
# hollow points that were held out. plot.py sets `axis`, `xlog`, `ylog`, `unit`,
# and `lines`, `held`, `published` if there are such.
load plots."/common.gp"
set xlabel axis
set ylabel unit
if (xlog) { set logscale x 2 }
if (tics ne "") { eval "set xtics (".tics.")" }
if (ylog) { set logscale y; set format y "%.10g" }
set autoscale fix
set offsets graph 0.02, graph 0.02, graph 0.04, graph 0.04
if (low ne "") { set yrange [0:*] }
if (kind eq "text") {
	set key outside bottom center horizontal
	plot for [i=1:n] file(word(kernels, i), "points") using 1:2 \
		with points pt substr("*o+x#@", i, i) title word(kernels, i)
} else { if (lines) {
	plot for [i=1:n] file(word(kernels, i), "curve") using 1:2 with lines \
			lw 1.6 lc rgb col(i) dt dsh(i) title word(kernels, i), \
	     for [i=1:n] file(word(kernels, i), "points") using 1:2 \
			with points pt pnt(i) ps 0.9 lc rgb col(i) notitle, \
	     for [i=1:n] file(word(kernels, i), "held") using 1:2 \
			with points pt hol(i) ps 1.3 lw 1.4 lc rgb col(i) notitle, \
	     NaN with points pt 7 lc rgb "#777777" title "measured", \
	     for [i=1:held] NaN with points pt 6 lw 1.4 lc rgb "#777777" \
			title "held out", \
	     NaN with lines lw 1.6 lc rgb "#777777" title "fit"
} else {
	plot for [i=1:n] file(word(kernels, i), "points") using 1:2 \
			with linespoints lw 1.6 pt pnt(i) ps 0.9 lc rgb col(i) \
			dt dsh(i) title word(kernels, i), \
	     for [i=1:n] file(word(kernels, i), "published") using 1:2 \
			with points pt hol(i) ps 1.5 lw 1.4 lc rgb col(i) notitle, \
	     for [i=1:published] NaN with points pt 7 lc rgb "#777777" \
			title "measured", \
	     for [i=1:published] NaN with points pt 6 lw 1.4 \
			lc rgb "#777777" title "published, > 0"
} }
