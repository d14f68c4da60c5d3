#!/usr/bin/env python3
"""Writes the generated part of redis.yaml from the command table and the options of a running server.

    redis-server --port 7777 --save '' &
    ./commands.py 7777          # rewrites redis.yaml beside this file, below its marker line

One template for each command and sub-command that COMMAND DOCS knows, one for each option that CONFIG
GET knows. What each kind of argument is drawn from (`{key_list}`, `{score}`, ...) is written by hand above
the marker.
"""
import json
import os
import re
import subprocess
import sys

MARKER = "    # ---- written by commands.py from the server itself; do not edit below\n"

# These end, replace or block the server in ways that the hand-written part draws on purpose.
LEFT_OUT = {"shutdown", "monitor", "sync", "psync", "debug", "replicaof", "slaveof", "failover", "quit",
            "eval", "evalsha", "eval_ro", "evalsha_ro", "fcall", "fcall_ro", "migrate", "restore", "restore-asking",
            "wait", "config", "module", "script|load", "function|load", "function|restore", "pfselftest", "pfdebug",
            "client|kill", "client|pause", "client|reply", "acl|save", "acl|load", "acl|setuser"}

# The type of the keys that a group of commands works on.
KEYS = {"string": "string", "bitmap": "string", "list": "list", "hash": "hash", "set": "set", "sorted-set": "zset",
        "geo": "geo", "stream": "stream", "hyperloglog": "hll"}

# Arguments whose name says more than their type.
NAMES = {"timeout": "seconds", "script": "lua", "pattern": "pattern", "username": "user", "channel": "channel",
         "shardchannel": "channel", "group": "group", "consumer": "consumer", "host": "host", "ip": "host", "port": "near_port",
         "member": "element", "element": "element", "field": "field", "score": "score", "longitude": "longitude",
         "latitude": "latitude", "radius": "radius", "cursor": "cursor", "library-name": "library", "index": "index",
         "db": "database", "index1": "database", "index2": "database", "destination-db": "database", "id": "stream_id",
         "start": "index", "stop": "index", "end": "index", "min": "limit_score", "max": "limit_score", "weight": "score",
         "percent": "score", "bit": "bit", "offset": "offset", "numkeys": "one", "count": "few", "seconds": "seconds_int",
         "milliseconds": "ms", "ttl": "ms", "password": "word", "protover": "protocol_version", "event": "event",
         "node-id": "node", "slot": "slot", "start-slot": "slot", "end-slot": "slot", "command-name": "command_name",
         "increment": "few", "category": "category", "encoding": "bit_type", "threshold": "few", "lastid": "stream_id",
         "min-idle-time": "ms", "replicaid": "node"}
TYPES = {"integer": "number", "double": "score", "string": "value", "unix-time": "unix_time", "pattern": "pattern"}
STREAM_RANGES = {"start": "stream_id", "end": "stream_id", "stop": "stream_id"}


class Rules:
    """Rules that several commands share: alternatives of tokens, with or without "nothing"."""

    def __init__(self):
        self.rules = {}

    def add(self, name, alternatives):
        name = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        base, number = name, 2
        while name in self.rules and self.rules[name] != alternatives:
            name, number = f"{base}_{number}", number + 1
        self.rules[name] = alternatives
        return "{" + name + "}"


def hole(argument, command, group):
    kind, name = argument["type"], argument["name"].lower()
    if kind == "key":
        return "{key_" + KEYS.get(group, "any") + "}"
    if group == "stream" and name in STREAM_RANGES:
        return "{" + STREAM_RANGES[name] + "}"
    return "{" + (NAMES.get(name) or TYPES[kind]) + "}"


def text_of(argument, command, group, rules):
    """One argument as template text."""
    kind = argument["type"]
    token = argument.get("token", "")
    if kind == "pure-token":
        body = ""
    elif kind == "oneof":
        choices = [text_of({**a, "flags": []}, command, group, rules) for a in argument["arguments"]]
        if "optional" in argument.get("flags", []) and not token:
            return rules.add("maybe_" + argument["name"], [""] + choices)
        body = rules.add("one_" + argument["name"], choices)
    elif kind == "block":
        body = " ".join(text_of(a, command, group, rules) for a in argument["arguments"])
    else:
        body = hole(argument, command, group)
    if "multiple" in argument.get("flags", []) and body:
        # "numkeys" says one key: then there is one.
        if not (kind == "key" and any(a["name"] == "numkeys" for a in command.get("arguments", []))):
            join = f" {token} " if "multiple_token" in argument["flags"] else " "
            body = rules.add("some_" + argument["name"] + "_" + group, [body, body, join.join([body] * 3)])
    text = f"{token} {body}".strip()
    if "optional" in argument.get("flags", []):
        return rules.add("maybe_" + argument["name"] + "_" + group, ["", text])
    return text


def commands_of(docs, rules):
    groups = {}
    for name, command in sorted(docs.items()):
        for full, one in ([(name, command)] if "subcommands" not in command else sorted(command["subcommands"].items())):
            if full in LEFT_OUT or name in LEFT_OUT:
                continue
            group = one.get("group", command["group"])
            words = full.upper().split("|") + [text_of(a, one, group, rules) for a in one.get("arguments", [])]
            groups.setdefault(group, []).append(" ".join(words))
    return groups


# Options that would take the server out of our sight, or the run directory away from it.
FIXED = {"port", "bind", "unixsocket", "dir", "daemonize", "requirepass", "aclfile", "replicaof", "slaveof", "cluster-enabled",
         "enable-debug-command", "enable-module-command", "logfile", "pidfile", "supervised", "maxclients", "loglevel", "save",
         "ignore-warnings", "always-show-logo", "cluster-config-file", "oom-score-adj-values"}


def option_value(name, value):
    if value in ("yes", "no"):
        return "{yes_no}"
    if re.fullmatch(r"-?\d+", value):
        return "{option_number}"
    return "{word}"


def options_of(config):
    names = config[0::2]
    pairs = [(name, option_value(name, value)) for name, value in sorted(zip(names, config[1::2])) if name not in FIXED]
    # Texts are mostly names of something that must exist: a start with a wrong one ends at once.
    return [f"{name} {hole}" for name, hole in pairs if hole != "{word}"] + ["{text_option}"], [
        f"{name} {hole}" for name, hole in pairs if hole == "{word}"]


def ask(port, *words):
    answer = subprocess.run(["redis-cli", "-p", port, "--json", *words], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def flat(config):
    return [word for pair in config.items() for word in pair] if isinstance(config, dict) else config


def quoted(text):
    return json.dumps(text)


def lines(title, alternatives):
    out = f"    {title}:\n"
    return out + "".join(f"      - {quoted(a)}\n" for a in alternatives)


def main():
    port = sys.argv[1] if len(sys.argv) > 1 else "6379"
    rules = Rules()
    groups = commands_of(ask(port, "COMMAND", "DOCS"), rules)
    text = ""
    for group, templates in sorted(groups.items()):
        text += lines("commands_" + group.replace("-", "_"), templates)
    options, text_options = options_of(flat(ask(port, "CONFIG", "GET", "*")))
    text += lines("option", options) + lines("text_option", text_options)
    for name, alternatives in sorted(rules.rules.items()):
        text += f"    {name}: [" + ", ".join(quoted(a) for a in alternatives) + "]\n"
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "redis.yaml")
    with open(path, encoding="utf-8") as plan:
        head = plan.read().split(MARKER)[0]
    with open(path, "w", encoding="utf-8") as plan:
        plan.write(head + MARKER + text)


if __name__ == "__main__":
    main()
