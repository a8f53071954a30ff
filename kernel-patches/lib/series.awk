# SPDX-License-Identifier: GPL-2.0-or-later
#
# The patches that a file `series` names, by quilt's rules: a line "NAME
# OPTIONS" for each, with a tab in between. OPTIONS are git apply's: -pN, and -R
# for a patch to revert. Other options are an error, which names the line. Our
# own files may have lines "series NAME", which are printed as they are.

function wrong(what) {
	printf "line %d: %s: 'NAME -pN' and 'NAME -R' are understood\n", NR, what > "/dev/stderr"
	exit 1
}

{
	sub(/\r$/, "")
	sub(/(^|[ \t])#.*/, "")
}

$1 == "series" && NF == 2 {
	print
	next
}

NF {
	level = "-p1"
	reverse = ""
	for (i = 2; i <= NF; i++) {
		option = $i
		if (option == "-p")
			option = option $(++i)
		if (option ~ /^-p[0-9]+$/)
			level = option
		else if (option == "-R")
			reverse = " -R"
		else
			wrong("'" option "'")
	}
	print $1 "\t" level reverse
}
