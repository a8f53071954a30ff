/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signs a file with the SSH key that git signs with, and checks such a signature. */
#ifndef PCPUBENCH_BUNDLE_SIGN_H
#define PCPUBENCH_BUNDLE_SIGN_H

#define SIGNER_LEN	512

/**
 * sign_file - write the signature of @path to "@path.sig"
 *
 * The key is git's user.signingkey, a file; ssh-keygen asks for its passphrase.
 * EX_USE with err() if git has no such key.
 */
int sign_file(const char *path);

/**
 * sign_check - who signed @path, by "@path.sig"
 * @who: receives "unsigned", or "signed by ..."
 *
 * A name is that of git's gpg.ssh.allowedSignersFile; without one the key alone is
 * told, which anybody may have made. EX_USE with err() if the signature is not of
 * this content.
 */
int sign_check(const char *path, char who[SIGNER_LEN]);

#endif
