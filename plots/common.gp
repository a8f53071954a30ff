# SPDX-License-Identifier: GPL-2.0-or-later
#
# Settings of all curves. plot.py sets `out`, `kind`, `heading` and the array
# `kernels`, and writes a file NUMBER.tsv for each into `dir`.
if (kind eq "png") set terminal pngcairo size 900,600 font "DejaVu Sans,11"
if (kind eq "svg") set terminal svg size 900,600 font "DejaVu Sans,12"
if (kind eq "text") set terminal dumb 72 24
if (kind ne "text") set output out
set title heading
set key outside right top vertical Left reverse samplen 3
set border 3
set tics nomirror
set grid ytics lc rgb "#dddddd"
set encoding utf8
# Okabe and Ito's colours: different to colour-blind eyes. Dashes and points
# tell them apart in grey.
array colour[6] = ["#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00"]
array point[6] = [7, 5, 9, 11, 13, 15]
array hollow[6] = [6, 4, 8, 10, 12, 14]
array dash[6] = [1, 2, 4, 5, 3, 6]
col(i) = colour[(i - 1) % 6 + 1]
pnt(i) = point[(i - 1) % 6 + 1]
hol(i) = hollow[(i - 1) % 6 + 1]
# A letter for each, however many.
sign(i) = substr("*ox+#@%&ABCDEFGHIJKLMNOPQRSTUVWXYZ", i, i)
dsh(i) = dash[(i - 1) % 6 + 1]
file(i, part) = dir."/".i.".".part.".tsv"
n = |kernels|
