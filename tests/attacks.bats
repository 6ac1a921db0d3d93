# The doors of tests/attacks: that table, probes and docs/attacks.md are of one mind, and a sample of them.

load helper

attacks() {
	timeout -k 1 100 "$LADDER/tools/attacks" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

@test "each door has a probe, and each probe a door" {
	"${CC:-cc}" -static -O1 -D_GNU_SOURCE -Wall -Wextra -o probe \
		"$LADDER"/tests/attacks/{probe,process,files,mounts,devices,limits,network,kernel,rights}.c
	# exe-loader is answered by a program of its own, and gained is the second half of setuid-gain.
	diff <({ ./probe --list; echo exe-loader; } | grep -vx gained | sort) <(attacks --list | sort)
	assert [ "$(attacks --list | wc -l)" -ge 60 ]
}

@test "docs/attacks.md shows every door as the table expects it" {
	# A row is: | [NAME](#NAME) | cell | ... |, below one with the columns' names.
	awk -F ' *[|] *' '
		$2 == "door" { for (i = 3; i < NF; i++) name[i] = $i }
		$2 ~ /^\[/ {
			door = $2; gsub(/^\[|\].*/, "", door)
			for (i = 3; i < NF; i++) if (name[i] ~ /^0/) print door, name[i], $i
		}' "$LADDER/docs/attacks.md" | sed -e 's/ ·$/ closed/' -e 's/ $/ -/' | sort >shown
	attacks --expected | sort >expected
	# What the kernel that it was made on lacks, in no column.
	diff <(grep -v 'n/a$' shown) <(grep -vFf <(sed -n 's/n\/a$//p' shown) expected)
	assert_equal "$(awk '{ print $1 }' shown | uniq)" "$(attacks --list | sort)"
}

@test "a door of each step is open before it, and closed from there on" {
	run attacks --steps fd-leak hostname signal host-read fork-bomb loopback image-poison remount userns-clone real-root
	assert_success
	assert_line --regexp '^10 doors, 0 not measurable here, 0 cells differ; open: 01:9 02:8 03:7 '
}

# spoil NAME FIELD VALUE: in the copy of the table
spoil() {
	sed -i "/^$1\$/,/^\$/s/^  $2 .*/  $2 $3/" table
}

@test "a door that differs from the table is found out, and a probe that finds none open proves nothing" {
	cp "$LADDER/tests/attacks/table" table
	spoil hostname open none
	spoil shm-sysv open 01-03
	spoil signal witness hostname
	run attacks --table table --columns 01,03 hostname shm-sysv signal ptrace
	assert_failure 1
	assert_line --regexp '^hostname +01 +expected closed, measured open'
	assert_line --regexp '^shm-sysv +03 +expected open, measured closed: shmget: No such file or directory'
	assert_line --regexp '^signal +host +the door must be open without a container'
	assert_line --regexp '^4 doors, 0 not measurable here, 3 cells differ'
}

@test "tools/attacks says what is wrong with its table and its arguments" {
	printf 'door\n  shows x\n  colour y\n' >table
	run attacks --table table --list
	assert_failure 1
	assert_output "attacks: table:3: no field 'colour'"
	printf 'door\n  shows x\n  like y\n  why z\n  open 01-99\n' >table
	run attacks --table table --list
	assert_failure 1
	assert_output --partial "'open 01-99' is no range of columns"
	run attacks no-such-door
	assert_failure 2
	assert_output "attacks: no probe 'no-such-door' (attacks --list)"
	run attacks --columns 42
	assert_failure 2
	assert_output --partial "no column '42' here"
}
