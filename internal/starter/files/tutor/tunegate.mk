# The playbook's lora-* targets, run by tunegate. Written by `tunegate init`.
# Put `include tunegate.mk` into your Makefile in place of the targets of the same
# names, or run `make -f tunegate.mk lora-train`. Paths start where make runs.
#
#   lora-merge-samples   joins the base records and the weighted follow-ups
#   lora-prepare         raw records to rows of {instruction, input, output}
#   lora-prepare-merged  both, one after the other
#   lora-train           judges the working tree: dataset, training, export, evaluation, verdict;
#                        an error if LORA_INPUT is a file that it would not train on
#   lora-eval            prints the running app's live report

TUNEGATE ?= tunegate

# The playbook's variables. PYTHON is not needed here; other targets may read it.
PYTHON ?= python3
API_BASE ?= http://localhost:8000
LORA_INPUT ?= backend/data/raw_tuning_records.json
LORA_OUTPUT ?= backend/data/lora_train.jsonl
LORA_BASE_SAMPLE ?= backend/data/raw_tuning_records.sample.json
LORA_FOLLOWUP_SAMPLE ?= backend/data/raw_tuning_records.followup.sample.json
LORA_MERGED_RAW ?= backend/data/raw_tuning_records.merged.json
LORA_FOLLOWUP_WEIGHT ?= 2
LORA_SHUFFLE_SEED ?= 42
LORA_NO_SHUFFLE ?= 0
# The tag that a promotion writes: NAME-lora-VERSION, with the `name` of tunegate.yaml.
LORA_MODEL ?= euclid-math-lora-v1

.PHONY: lora-merge-samples lora-prepare lora-prepare-merged lora-train lora-eval

lora-merge-samples:
	@$(TUNEGATE) dataset --playbook \
		--base-sample "$(LORA_BASE_SAMPLE)" \
		--followup-sample "$(LORA_FOLLOWUP_SAMPLE)" \
		--merged "$(LORA_MERGED_RAW)" \
		--weight="$(LORA_FOLLOWUP_WEIGHT)" \
		--shuffle-seed="$(LORA_SHUFFLE_SEED)" \
		$(if $(filter 1 true TRUE yes YES,$(LORA_NO_SHUFFLE)),--no-shuffle)

lora-prepare:
	@$(TUNEGATE) dataset --playbook --input "$(LORA_INPUT)" --output "$(LORA_OUTPUT)"

lora-prepare-merged: lora-merge-samples
	@$(TUNEGATE) dataset --playbook --input "$(LORA_MERGED_RAW)" --output "$(LORA_OUTPUT)"

# The files that lora-train must train on: a variable that is set for this call, and
# LORA_INPUT if that file exists.
lora_named = $(if $($(1)),$(filter command environment,$(origin $(1))))
lora_there = $(shell test -e "$($(1))" && echo yes)
lora_insist = --records "$($(1))"

lora-train:
	@$(TUNEGATE) run $(strip \
		$(if $(call lora_named,LORA_INPUT)$(call lora_there,LORA_INPUT),$(call lora_insist,LORA_INPUT)) \
		$(if $(call lora_named,LORA_BASE_SAMPLE),$(call lora_insist,LORA_BASE_SAMPLE)) \
		$(if $(call lora_named,LORA_FOLLOWUP_SAMPLE),$(call lora_insist,LORA_FOLLOWUP_SAMPLE)))
	@echo "if the verdict says promotable, and once the default branch holds the data: $(TUNEGATE) promote $(lastword $(subst -lora-, ,$(LORA_MODEL))), which serves $(LORA_MODEL)"

lora-eval:
	@$(TUNEGATE) eval --app "$(API_BASE)"
