# completion.bash - for step01 to step09, in bash: source tools/completion.bash
#
# One for all nine, and it knows no option by heart: it asks the program that is being typed for its --help. So each
# step is offered what it has, and a step that somebody writes what that one has.
# shellcheck shell=bash

# The options of PROGRAM, one to a line, with what they take: "-m SIZE", "--memory SIZE", "--init ".
_ladder_options() { # PROGRAM
	"$1" --help 2>/dev/null | sed -nE \
		-e 's/^  (-[a-zA-Z?]), (--[a-z-]+)=([^ ]+).*/\1 \3\n\2 \3/p; t' \
		-e 's/^  (-[a-zA-Z?]), (--[a-z-]+).*/\1 \n\2 /p; t' \
		-e 's/^      (--[a-z-]+)=([^ ]+).*/\1 \2/p; t' \
		-e 's/^      (--[a-z-]+).*/\1 /p'
}

# What OPTION takes: nothing, or the word that stands for it in --help.
_ladder_takes() { # OPTION
	sed -n "s/^$1 //p" <<<"$options" | head -n 1
}

# Offers the words of LIST that begin as the current one does.
_ladder_offer() { # LIST
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$word")
}

_ladder_value() { # OPTION WHAT-IT-TAKES
	case $1 in
	--network) _ladder_offer 'none veth host' ;;
	--cap-add | --cap-drop) _ladder_offer "ALL $_ladder_capabilities" ;;
	*)
		case $2 in
		DIR)
			# A working directory is the container's; the others are the host's.
			if [[ $1 == -w || $1 == --workdir ]]; then
				_ladder_inside -d "$word"
			else
				compopt -o filenames 2>/dev/null
				mapfile -t COMPREPLY < <(compgen -d -- "$word")
			fi
			;;
		SRC:*)
			compopt -o nospace 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
			;;
		[a-z]*=*) _ladder_offer "$2" ;;
		K*) mapfile -t COMPREPLY < <(compgen -e -- "$word") ;;
		esac
		;;
	esac
}

# Paths that begin like PATH in the container's root, as they are called there.
_ladder_inside() { # COMPGEN-OPTION PATH
	local root=${rootfs%/}
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen "$1" -- "$root$2")
	COMPREPLY=("${COMPREPLY[@]#"$root"}")
}

# The command is a program of the container's: by its path, or by a name in one of the usual folders.
_ladder_command() {
	local folder file names=''
	if [[ ! $has_rootfs ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word")
	elif [[ $word == /* ]]; then
		_ladder_inside -f "$word"
	else
		for folder in usr/local/sbin usr/local/bin usr/sbin usr/bin sbin bin; do
			for file in "$rootfs/$folder/$word"*; do
				# A link of the container's leads elsewhere on the host, and still is a program there.
				[[ ! -x $file && ! -L $file ]] || names+=" ${file##*/}"
			done
		done
		_ladder_offer "$names"
	fi
}

_ladder_complete() {
	local word=${COMP_WORDS[COMP_CWORD]} options i=1 at=$COMP_CWORD current takes run='' rootfs=rootfs has_rootfs='' option=''
	options=$(_ladder_options "${COMP_WORDS[0]}")
	COMPREPLY=()
	[[ ! $(_ladder_takes --rootfs) ]] || has_rootfs=1

	# Up to here: options, run, options, then the command. bash cuts --option=value in three.
	for ((; i < at; i++)); do
		current=${COMP_WORDS[i]}
		case $current in
		--) i=$((i + 1)); break ;;
		--*=*)
			[[ $current != --rootfs=* && $current != --layer=* ]] || rootfs=${current#*=}
			option=''
			;;
		-*)
			takes=$(_ladder_takes "$current")
			option=''
			[[ $takes ]] || continue
			option=$current
			[[ ${COMP_WORDS[i + 1]} != = ]] || i=$((i + 1))
			i=$((i + 1))
			((i < at)) || break
			[[ $option != --rootfs && $option != --layer ]] || rootfs=${COMP_WORDS[i]}
			option=''
			;;
		run) [[ ! $run ]] || break; run=1 ;;
		*) break ;;
		esac
	done

	if [[ $option ]]; then
		[[ $word != = ]] || word=''
		_ladder_value "$option" "$takes"
	elif ((i < at)); then
		# Arguments of the command.
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif [[ $word == -* ]]; then
		_ladder_offer "$(cut -d ' ' -f 1 <<<"$options" | grep -v '^-?$')"
	elif [[ ! $run ]]; then
		_ladder_offer run
	else
		_ladder_command
	fi
}

# capabilities(7), in their order.
_ladder_capabilities='CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
	NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
	SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
	SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'

complete -F _ladder_complete step0{1..9}
