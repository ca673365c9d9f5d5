"""Picks the payloads that the tests send from GitHub's own examples.

    npm pack @octokit/webhooks-examples@7.6.1
    python pick.py octokit-webhooks-examples-7.6.1.tgz

Writes one file for each event beside itself; the tests fill in commits and names.
"""

import json
import pathlib
import sys
import tarfile

# Which of an event's examples: the latest complete one with the action that a workflow starts on.
PICKED = {"pull_request": 22, "merge_group": 0, "workflow_run": 1, "workflow_dispatch": 1, "release": 11}


def main(package):
    with tarfile.open(package) as archive:
        events = json.load(archive.extractfile("package/api.github.com/index.json"))
    examples = {event["name"]: event["examples"] for event in events}
    for name, index in PICKED.items():
        target = pathlib.Path(__file__).with_name(f"{name}.json")
        target.write_text(json.dumps(examples[name][index], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
