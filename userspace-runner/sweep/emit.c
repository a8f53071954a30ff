// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a sweep as jobs for Slurm, GNU parallel or GitHub. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "sweep/emit.h"

/* Jobs at once in a shard, if the scheduler does not tell. */
#define SHARD_CORES	2
/* Allow for a slow machine, and for two guests that do not end together. */
#define TIME_FACTOR	5

/* Print the variables that choose kernels, if set. */
static void environment(FILE *out, const struct kernel_source *s)
{
	const char *const vars[] = {
		"KERNEL", s->version, "KERNEL_SRC", s->path, "CONFIG", s->config,
		"SANDBOX", s->sandbox,
	};
	const char *env = "env ";

	for (size_t i = 0; i < sizeof(vars) / sizeof(vars[0]); i += 2) {
		if (!vars[i + 1])
			continue;
		fprintf(out, "%s%s=", env, vars[i]);
		text_shell(out, vars[i + 1]);
		fputc(' ', out);
		env = "";
	}
}

/* A shard's command without its own options, with @end after each line. */
static int put_command(FILE *out, const struct sweep *s, const char *end)
{
	struct session_options opt = s->opt, usual;
	char *args[PLAN_ARGS], room[PLAN_ROOM];
	int nr = plan_args(&opt.plan, args, room), ret;
	size_t i;

	/* Each shard has its own output. */
	opt.output = NULL;
	opt.jobs = 0;
	session_options_init(&usual);
	environment(out, &opt.source);
	fprintf(out, "build/pcpubench sweep %s", end);
	for (i = 0; i < (size_t)nr; i++) {
		fputs(i ? " " : "", out);
		text_shell(out, args[i]);
	}
	ret = options_print(out, session_opts, &opt, &usual);
	fprintf(out, " %s--topologies=", end);
	for (i = 0; i < s->grid.nr; i++)
		fprintf(out, "%s%s", i ? "," : "", s->grid.topos[i].name);
	fprintf(out, " %s", end);
	for (i = 0; i < s->nr_kernels; i++) {
		text_shell(out, s->kernels[i]);
		fputc(' ', out);
	}
	fputs(end, out);
	return ret;
}

/* MiB for SHARD_CORES of the largest guests and their runner. */
static unsigned int shard_mib(const struct boot_job *jobs, size_t nr)
{
	unsigned int per_node[TOPOLOGY_MAX_NODES], mib, most = 0;

	for (size_t i = 0; i < nr; i++) {
		mib = jobs[i].spec.memory_mib ? jobs[i].spec.memory_mib :
		      vm_needs(&jobs[i].spec, per_node);
		if (mib > most)
			most = mib;
	}
	return SHARD_CORES * (most + 256);
}

static unsigned int shard_minutes(const struct boot_job *jobs, size_t nr,
				  unsigned int shards)
{
	double cost = 0;

	for (size_t i = 0; i < nr; i++)
		cost += jobs[i].cost;
	return 10 + TIME_FACTOR * cost / shards / SHARD_CORES / 60;
}

static void slurm(FILE *out, const char *command, const struct sweep *s,
		  const struct boot_job *jobs, size_t nr)
{
	unsigned int of = s->shard.of;

	fprintf(out, "#!/bin/bash\n"
		"# %zu boots in %u shards. In the tree of pcpubench, after\n"
		"# `make all kernels`: sbatch THIS. A shard that was killed goes on\n"
		"# where it stopped when it is requeued, or submitted again: that of a\n"
		"# lost node, which merge names, by sbatch --array=NUMBERS THIS. When all\n"
		"# are done:\n"
		"#   build/pcpubench merge --output=sweep.jsonl results/shard-*.jsonl\n"
		"#SBATCH --job-name=pcpubench\n"
		"#SBATCH --array=1-%u\n"
		"#SBATCH --cpus-per-task=%d\n"
		"#SBATCH --mem=%uM\n"
		"#SBATCH --time=%u\n"
		"#SBATCH --requeue\n"
		"set -eu\n"
		"exec %s",
		nr, of, of, SHARD_CORES, shard_mib(jobs, nr),
		shard_minutes(jobs, nr, of), command);
	fprintf(out, "--shard=\"$SLURM_ARRAY_TASK_ID/%u\" --jobs=\"$SLURM_CPUS_PER_TASK\" \\\n"
		"\t--output=\"results/shard-$SLURM_ARRAY_TASK_ID.jsonl\"\n", of);
}

static void parallel(FILE *out, const char *command, const struct sweep *s,
		     const struct boot_job *jobs, size_t nr)
{
	unsigned int of = s->shard.of;

	(void)jobs;
	fprintf(out, "#!/bin/bash\n"
		"# %zu boots in %u shards, one after the other on each machine. In the\n"
		"# tree of pcpubench, after `make all kernels`, with the options of\n"
		"# parallel as arguments: --sshlogin=HOST,... --workdir=DIR --return={...}\n"
		"# for machines that share this directory or get the results back.\n"
		"# Started again it goes on where it stopped.\n"
		"set -eu\n"
		"export SHELL=/bin/bash\n"
		"parallel --jobs=1 --line-buffer \"$@\" <<'EOF'\n", nr, of);
	for (unsigned int i = 1; i <= of; i++)
		fprintf(out, "%s--shard=%u/%u --output=results/shard-%u.jsonl\n",
			command, i, of, i);
	fprintf(out, "EOF\n"
		"build/pcpubench merge --output=sweep.jsonl");
	for (unsigned int i = 1; i <= of; i++)
		fprintf(out, " results/shard-%u.jsonl", i);
	fprintf(out, "\n");
}

static void github(FILE *out, const char *command, const struct sweep *s,
		   const struct boot_job *jobs, size_t nr)
{
	unsigned int of = s->shard.of;

	fprintf(out, "# %zu boots in %u shards: a file for .github/workflows/\n"
		"name: sweep\n"
		"on: workflow_dispatch\n"
		"jobs:\n"
		"  shard:\n"
		"    runs-on: ubuntu-latest\n"
		"    container: debian:12\n"
		"    timeout-minutes: %u\n"
		"    strategy:\n"
		"      fail-fast: false\n"
		"      matrix:\n"
		"        shard: [", nr, of, 60 + shard_minutes(jobs, nr, of));
	for (unsigned int i = 1; i <= of; i++)
		fprintf(out, "%s%u", i > 1 ? ", " : "", i);
	fprintf(out, "]\n"
		"    steps:\n"
		"      - run: apt-get update && apt-get install -y git make\n"
		"      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n"
		"      - uses: actions/cache@5a3ec84eff668545956fd18022155c47e93e2684 # v4.2.3\n"
		"        with:\n"
		"          path: ~/.cache/pcpubench\n"
		"          key: pcpubench-${{ hashFiles('kernel-patches/**', 'kmod-bench/**') }}\n"
		"      - run: make deps && make all\n"
		"      - shell: bash\n"
		"        run: |\n"
		"          %s"
		"--shard=${{ matrix.shard }}/%u \\\n"
		"            --output=results/shard-${{ matrix.shard }}.jsonl\n"
		"      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2\n"
		"        if: always()\n"
		"        with:\n"
		"          name: shard-${{ matrix.shard }}\n"
		"          path: results/shard-*.jsonl\n"
		"  merge:\n"
		"    needs: shard\n"
		"    runs-on: ubuntu-latest\n"
		"    container: debian:12\n"
		"    steps:\n"
		"      - run: apt-get update && apt-get install -y git make\n"
		"      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2\n"
		"      - uses: actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0\n"
		"        with:\n"
		"          path: shards\n"
		"          merge-multiple: true\n"
		"      - run: make deps && make all\n"
		"      - run: build/pcpubench merge --output=sweep.jsonl shards/*.jsonl\n"
		"      - run: build/pcpubench report sweep.jsonl\n"
		"      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2\n"
		"        with:\n"
		"          name: sweep\n"
		"          path: sweep.jsonl\n", command, of);
}

static const struct {
	const char *name;
	const char *end;	/* of a line of the command, which goes on */
	void (*write)(FILE *out, const char *command, const struct sweep *s,
		      const struct boot_job *jobs, size_t nr);
} formats[] = {
	[EMIT_SLURM] = { "slurm", "\\\n\t", slurm },
	[EMIT_PARALLEL] = { "parallel", "", parallel },
	[EMIT_GITHUB] = { "github", "\\\n            ", github },
};

int emit_parse(const char *text, enum emit_format *format)
{
	for (size_t i = 1; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!strcmp(text, formats[i].name)) {
			*format = i;
			return 0;
		}
	}
	return err(EX_USE, "cannot emit '%s': use slurm, parallel or github",
		   text);
}

int emit_write(FILE *out, enum emit_format format, const struct sweep *s,
	       const struct boot_job *jobs, size_t nr)
{
	char *command = NULL;
	size_t len;
	FILE *text = text_stream(&command, &len);
	int ret = text ? put_command(text, s, formats[format].end) :
			 no_memory();

	if (text && fclose(text) && !ret)
		ret = no_memory();
	/* No quotes keep an expression of GitHub's from it, which may name a secret. */
	if (!ret && format == EMIT_GITHUB && strstr(command, "${{"))
		ret = err(EX_USE, "an option or a kernel has '${{' in it, which GitHub replaces: leave it out");
	if (!ret)
		formats[format].write(out, command, s, jobs, nr);
	free(command);
	return ret;
}
