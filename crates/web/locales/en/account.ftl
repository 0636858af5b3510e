
## One’s account: passkeys, sessions, tokens
