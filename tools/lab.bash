# lab.bash - what the tools for labs and grades share; sourced by them. They call die() for what can't go on.
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables that are set here and read there

export LC_ALL=C.UTF-8
ladder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# "5" and "05" are one step.
step_number() { # TEXT
	local number=$1
	[[ $number != [1-9] ]] || number=0$number
	[[ $number == 0[1-9] ]] || die "'$1' is no step's number" 2
	echo "$number"
}

# Sets folder, lessons, companions, and previous (the folder of the step before) from the row of step NN.
# yours is what a lab asks for: container.c and the lessons.
read_row() { # NN
	local number before=''
	while read -r number folder lessons companions _; do
		[[ $number == 0[1-9] ]] || continue
		if [[ $number == "$1" ]]; then
			previous=$before
			IFS=, read -r -a lessons <<<"$lessons"
			IFS=, read -r -a companions <<<"${companions#-}"
			mapfile -t yours < <(printf '%s\n' container.c "${lessons[@]}" | sort -u)
			return
		fi
		before=$folder
	done <"$ladder/tools/steps"
	die "no step '$1' (tools/steps has the list)" 2
}

# The files of FOLDER that belong to the project: what git knows, or, without git, all but what is built.
files_of() { # FOLDER
	local path
	(
		cd "$ladder" || exit
		if git -c "safe.directory=$ladder" rev-parse --git-dir >/dev/null 2>&1; then
			git -c "safe.directory=$ladder" -c core.quotePath=false ls-files --cached --others --exclude-standard -- "$1"
		else
			find "$1" -type f ! -path "$1/${1%%-*}"
		fi | sort -u | while read -r path; do
			[[ ! -f $path ]] || echo "$path"
		done
	)
}

# The files of the step's folder that a lab gives away: neither container.c nor a lesson. One that nobody has named
# might be the solution, so it has to be named, or to be there already in the step before.
given_files() {
	local file name
	while read -r file; do
		name=${file#"$folder/"}
		case " ${yours[*]} README.md " in *" $name "*) continue ;; esac
		case " main.c container.h Makefile ${companions[*]} " in
		*" $name "*) ;;
		*) [[ $previous && -f $ladder/$previous/$name ]] ||
			die "$file is neither a lesson nor a companion (tools/steps): given or not?" ;;
		esac
		echo "$file"
	done < <(files_of "$folder")
}

# The declared tests of step NN that are worth points, as "points<TAB>name": who crashes a run must not shrink what is to
# be had. LADDER_TESTS: where the tests are, if they are a kit's.
declared_tests() { # NN [REGEX]
	awk '
		/^# bats test_tags=/ { p = match($0, /points:[0-9]+/) ? substr($0, RSTART + 7, RLENGTH - 7) : 0 }
		/^@test "/ { sub(/^@test "/, ""); sub(/" \{$/, ""); gsub(/\\"/, "\""); print p + 0 "\t" $0; p = 0 }
	' "${LADDER_TESTS:-$ladder/tests}/step$1.bats" | grep -E "^[1-9][0-9]*	.*${2-}" || true
}

# tests/hints/NN as "name<TAB>hint": there, a line with a test's name, then its hint, indented.
hints_of() { # NN
	[[ ! -f ${LADDER_TESTS:-$ladder/tests}/hints/$1 ]] || awk '
		/^#/ { next }
		/^[^ \t]/ { name = $0; next }
		/^[ \t]+[^ \t]/ { sub(/^[ \t]+/, ""); if (name in hint) $0 = hint[name] " " $0; hint[name] = $0 }
		END { for (name in hint) print name "\t" hint[name] }
	' "${LADDER_TESTS:-$ladder/tests}/hints/$1"
}

# What this machine can't put to the test, if the lab wants more of it: "# wants: FEATURE WHAT-FOLLOWS" in tests/hints/NN.
wanting() { # NN
	local feature text
	read -r feature text < <(sed -n 's/^# wants: //p' "$ladder/tests/hints/$1" 2>/dev/null) || return 0
	"$ladder/tools/doctor" --has "$feature" || echo "$text"
}

# TEXT as a regular expression that matches it and nothing else.
# shellcheck disable=SC2016,SC2001 # a class of characters
regex_of() { # TEXT
	sed 's/[][\\.|$(){}?+*^/]/\\&/g' <<<"$1"
}

# What belongs to root after a sudo belongs to who called it.
give_back() { # PATH...
	((EUID != 0)) || [[ ! ${SUDO_UID:-} ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"
}

# Makes the folder work, which is locked for as long as a process has what this one has open; and removes those that
# nobody locks: who made them was killed.
make_work() { # NAME
	local folder lock
	for folder in "${TMPDIR:-/tmp}/ladder-$1."??????; do
		[[ -d $folder && -O $folder && ! -L $folder ]] || continue
		(exec {lock}<"$folder" && flock -n "$lock" && rm -rf --one-file-system -- "$folder") 2>/dev/null || true
	done
	for _ in {1..10}; do
		work=$(mktemp -d "${TMPDIR:-/tmp}/ladder-$1.XXXXXX") || die "can't make a folder in ${TMPDIR:-/tmp}"
		{ exec {lock}<"$work"; } 2>/dev/null || continue
		flock "$lock"
		# Somebody may just have removed it: it was not locked yet.
		[[ $work -ef /proc/$$/fd/$lock ]] || continue
		chmod 755 "$work"
		return
	done
	die "folders in ${TMPDIR:-/tmp} do not stay there"
}
