# SPDX-License-Identifier: GPL-2.0-or-later
#
# ACCT COST against CPUs, nodes or size: measured points, fitted lines, and
# hollow points that the fit has not seen. Below it, where kernels are close to the
# first one, what they differ from it by. `axis`, `xlog`, `ylog`, `unit`, `ytics`,
# `first`, and what is there of `lines`, `held`, `near` come from plot.py.
load plots."/common.gp"
set xlabel axis
set ylabel unit
if (xlog) { set logscale x 2 }
if (tics ne "") { eval "set xtics (".tics.")" }
if (ylog) { set logscale y; set format y "%.10g" }
if (ytics ne "") { eval "set ytics (".ytics.")" }
set autoscale fix
set offsets graph 0.02, graph 0.02, graph 0.04, graph 0.04
if (low ne "") { set yrange [0:*] }
if (near) {
	set multiplot
	set lmargin at screen 0.11
	set rmargin at screen 0.78
	set tmargin at screen 0.88
	set bmargin at screen 0.40
	unset xlabel
}
if (kind eq "text") {
	set key outside bottom center horizontal
	plot for [i=1:n] file(i, "points") using 1:2 \
		with points pt sign(i) title kernels[i]
} else { if (lines) {
	plot for [i=1:n] file(i, "curve") using 1:2 with lines \
			lw 1.6 lc rgb col(i) dt dsh(i) title kernels[i], \
	     for [i=1:n] file(i, "points") using 1:2 \
			with points pt pnt(i) ps 0.9 lc rgb col(i) notitle, \
	     for [i=1:n] file(i, "held") using 1:2 \
			with points pt hol(i) ps 1.3 lw 1.4 lc rgb col(i) notitle, \
	     NaN with points pt 7 lc rgb "#777777" title "measured", \
	     for [i=1:held] NaN with points pt 6 lw 1.4 lc rgb "#777777" \
			title "held out", \
	     NaN with lines lw 1.6 lc rgb "#777777" title "fit"
} else {
	plot for [i=1:n] file(i, "points") using 1:2 \
			with linespoints lw 1.6 pt pnt(i) ps 0.9 lc rgb col(i) \
			dt dsh(i) title kernels[i]
} }
if (near) {
	set tmargin at screen 0.32
	set bmargin at screen 0.11
	unset title
	unset key
	unset logscale y
	set xlabel axis
	set ylabel "minus ".first
	set ytics auto
	set autoscale y
	set yrange [*<0:0<*]
	set xzeroaxis lt 1 lc rgb "#000000"
	plot for [i=1:n] file(i, "near") using 1:2 \
			with linespoints lw 1.2 pt pnt(i) ps 0.9 lc rgb col(i) \
			dt dsh(i) notitle
	unset multiplot
}
