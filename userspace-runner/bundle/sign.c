// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures by ssh-keygen, with the key and the signers that git knows. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "bundle/sign.h"

#define KEYGEN		"ssh-keygen"
/* A signature of a bundle is not one of a commit, and the other way round. */
#define NAMESPACE	"pcpubench-bundle"

/* A path in git's configuration; false if it is not set. */
static bool git_path(const char *name, char path[PATH_MAX])
{
	const char *const argv[] = { "git", "config", "--path", name, NULL };

	if (process_run(argv, path, PATH_MAX, 0))
		return false;
	path[strcspn(path, "\n")] = '\0';
	return path[0];
}

int sign_file(const char *path)
{
	char key[PATH_MAX];
	const char *const argv[] = {
		KEYGEN, "-q", "-Y", "sign", "-f", key, "-n", NAMESPACE, path,
		NULL
	};
	/* Not alone: it may ask for a passphrase. */
	const struct process keygen = { .argv = argv, .out = PROCESS_NULL };

	if (!git_path("user.signingkey", key) || access(key, R_OK))
		return err(EX_USE, "git has no SSH key to sign with: 'git config --global user.signingkey FILE' names one");
	if (process_call(&keygen))
		return err(EX_FAIL, "not signed: " KEYGEN " failed with the key %s",
			   key);
	return 0;
}

/* Run @argv on the signed file as its input, and keep the first line. */
static int on_file(const char *const *argv, const char *path, char *line,
		   size_t room)
{
	const struct process p = {
		.argv = argv, .in = open(path, O_RDONLY | O_CLOEXEC),
		.err = PROCESS_NULL,
	};
	FILE *out = NULL;
	int ret = p.in < 0 ? EX_FAIL : process_read(&p, &out);

	line[0] = '\0';
	if (out && !fgets(line, room, out))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (out)
		fclose(out);
	if (p.in >= 0)
		close(p.in);
	return ret;
}

/* The signer's name in git's list, if the signature is by one of these. */
static bool known_signer(const char *path, const char *sig, char *name,
			 size_t room)
{
	char list[PATH_MAX], line[SIGNER_LEN];
	const char *const find[] = {
		KEYGEN, "-Y", "find-principals", "-f", list, "-s", sig, NULL
	};
	const char *const verify[] = {
		KEYGEN, "-Y", "verify", "-f", list, "-I", name, "-n", NAMESPACE,
		"-s", sig, NULL
	};

	return git_path("gpg.ssh.allowedSignersFile", list) &&
	       !on_file(find, path, name, room) && name[0] &&
	       !on_file(verify, path, line, sizeof(line));
}

int sign_check(const char *path, char who[SIGNER_LEN])
{
	char sig[PATH_MAX], name[128], line[256], *key;
	const char *const check[] = {
		KEYGEN, "-Y", "check-novalidate", "-n", NAMESPACE, "-s", sig, NULL
	};
	int ret;

	snprintf(sig, sizeof(sig), "%s.sig", path);
	snprintf(who, SIGNER_LEN, "unsigned");
	if (access(sig, F_OK))
		return 0;
	if (!process_find(KEYGEN, NULL))
		return err(EX_FAIL, "the bundle is signed, and there is no " KEYGEN " to check it: install the OpenSSH client");
	ret = on_file(check, path, line, sizeof(line));
	if (ret)
		return err(EX_USE, "the bundle is refused: its signature is not of its manifest");
	/* "Good "..." signature with ED25519 key SHA256:..." */
	key = strstr(line, " with ");
	key = key ? key + strlen(" with ") : line;
	if (known_signer(path, sig, name, sizeof(name)))
		snprintf(who, SIGNER_LEN, "signed by %s (%s)", name, key);
	else
		snprintf(who, SIGNER_LEN, "signed by an unknown %s, which git's gpg.ssh.allowedSignersFile does not have",
			 key);
	return 0;
}
