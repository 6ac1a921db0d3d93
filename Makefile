# Every target, in one line each: make help

STEPS := $(sort $(wildcard step0?-*))
PROGRAMS := $(foreach step,$(STEPS),$(firstword $(subst -, ,$(step))))

# What is built belongs to whoever owns the checkout, so that a plain make works after a sudo make.
OWNER := $(shell stat -c %u .)
ifeq ($(shell id -u)-$(OWNER),0-$(OWNER))
ifneq ($(OWNER),0)
AS_OWNER := setpriv --reuid=$(OWNER) --regid=$(shell stat -c %g .) --clear-groups
endif
endif

all: $(PROGRAMS) ## build every step (the default)

demo: ## sudo make demo: see each step's evidence, host beside container
	@tools/deps build demo
	@$(MAKE) --no-print-directory all rootfs
	@tools/demo

test: ## sudo make test: every test of every step, on every step it holds for
	@tools/deps build test
	@$(MAKE) --no-print-directory all
	@tools/test

step0%: FORCE ## make step04: build one step as ./step04 (and rootfs/, where it needs one)
	@$(AS_OWNER) $(MAKE) --no-print-directory -C $(wildcard $@-*)
	@$(AS_OWNER) cp -fu $(wildcard $@-*)/$@ $@
# Once, however many steps are built side by side.
$(filter-out step01 step02 step03,$(PROGRAMS)): rootfs

test-0%: step0% ## sudo make test-04: the tests that hold for one step
	@tools/deps build test
	@tools/test 0$*

# In an emulated machine a test takes seconds: only what depends on the version, unless asked for more.
VM_TESTS ?= --filter-tags step:05 --filter-tags step:06 --filter-tags leaks
VM_SECONDS ?= 900
test-vm: all ## sudo make test-vm: the tests of limits and network where control groups are version 2 only
	@tools/deps build test vm
	@tools/vm --timeout "$(VM_SECONDS)" env LIMIT=90 BATS_ARGUMENTS="$(VM_TESTS)" tools/test $(subst step,,$(lastword $(PROGRAMS)))

test-delegated: all ## sudo make test-delegated: an ordinary user's limits, where systemd delegates a control group
	@tools/deps build test vm
	@tools/vm --systemd --timeout "$(VM_SECONDS)" tests/guest/run

bench: ## sudo make bench: what each step costs, beside the kernel's floor and others: docs/bench.md
	@tools/deps build bench
	@$(MAKE) --no-print-directory all
	@bench/run

bench-check: ## sudo make bench-check: the same ratios, held against bench/bars
	@tools/deps build bench
	@$(MAKE) --no-print-directory all
	@bench/run --check

rootfs: ## make rootfs/ from busybox; tools/rootfs --help tells what else it takes
	@test -d rootfs || tools/rootfs

ladder: ## check that each step is its predecessor plus insertions, and count them
	@tools/ladder

diff-0%: ## make diff-05: what a step adds, in the order to read it; make diff-all for every step
	@tools/diff 0$*

diff-all: ## every step as what it adds to the one before
	@tools/diff --all

trace-0%: step0% ## sudo make trace-05: a container under strace, only the calls that isolate, explained
	@tools/deps build test
	@tools/trace 0$*

pictures: ## draw docs/stepNN.svg: what is shared, private and new in each step
	@tools/pictures

lessons: ## fill what is generated in the READMEs, and check what they quote
	@tools/deps build test
	@tools/lessons fill
	@tools/lessons check

record: all rootfs ## sudo make record: host and container side by side, for docs/*.cast and *.gif
	@tools/deps build demo lessons
	@tools/record

matrix: all ## sudo make matrix: each step's tests on it and on the step before, as a table
	@tools/deps build test
	@tools/matrix

mistakes: all ## sudo make mistakes: plausible wrong versions, each caught by the tests it declares
	@tools/deps build test
	@tools/mistakes

faults: all ## sudo make faults: every system call of every step fails once (long; goes on where it was)
	@tools/deps build test
	@tools/faults --table docs/faults.md

# A step after the other, each in a machine of its own: what is finished is kept in .faults-vm/, also where this one ends.
faults-vm: all ## sudo make faults-vm: each call fails once, control groups being version 2 only (two hours)
	@tools/deps build test vm
	@tools/faults-vm docs/faults-vm.md

fuzz: ## feed every parser nonsense, a minute each
	@tools/deps build fuzz
	@$(AS_OWNER) tools/fuzz

lab: ## make lab LAB=03 DIR=~/lab03: a step to be written; BASE=~/lab02 goes on from one's own
	@tools/lab $(if $(BASE),--base "$(BASE)") $(if $(SEED),--seed "$(SEED)" $(if $(PLANTED),--planted)) "$(LAB)" "$(DIR)"

labs: ## sudo make labs: each lab, as handed out and with the reference's files, is graded
	@tools/deps build test grade
	@tools/lab-check

progress: all ## sudo make progress STEP=03: which of its tests pass, and the points so far
	@tools/deps build test
	@tools/progress $(STEP)

hint-0%: ## make hint-03: points at the lesson, for the first test that does not pass yet
	@tools/hint 0$*

grade: ## sudo make grade STEP=03 DIR=~/lab03: points for a lab; VM=1, without sudo: in a virtual machine
	@tools/deps build test grade $(if $(VM),vm)
	@tools/grade $(if $(VM),--vm) $(if $(OUT),--out "$(OUT)") $(if $(SEED),--seed "$(SEED)") "$(STEP)" "$(DIR)"

grade-all: ## sudo make grade-all STEP=03 DIR=submissions JOBS=4: a class; goes on after an interruption; VM=1
	@tools/deps build test grade $(if $(VM),vm)
	@tools/grade-all $(if $(VM),--vm) $(if $(JOBS),--jobs "$(JOBS)") $(if $(OUT),--out "$(OUT)") \
		$(if $(SEED),--seed "$(SEED)") "$(STEP)" "$(DIR)"

gradescope: ## make gradescope STEP=03: the autograder of a lab, as a zip for Gradescope
	@tools/deps build test grade
	@tools/gradescope "$(STEP)"

similar: ## make similar STEP=04 DIR=submissions: what submissions have in common, and with the reference
	@tools/similar "$(STEP)" $(DIR)

calibrate: ## sudo make calibrate: each mistake gets the score and the hint that it declares
	@tools/deps build test grade
	@tools/calibrate

grade-check: ## sudo make grade-check: which tests this host can grade, and which not
	@tools/deps build test grade $(if $(VM),vm)
	@tools/grade --check $(if $(VM),--vm) $(STEP)

hostile: ## sudo make hostile: labs that cheat get what they earned, in a virtual machine (slow)
	@tools/deps build test grade vm
	@tools/vm --root default --timeout 7200 env HOSTILE=all tests/run-hostile

attacks: all ## sudo make attacks: which step closes which door, beside other runtimes: docs/attacks.md
	@tools/deps build test
	@tools/attacks --docs docs/attacks.md

lint: ## shellcheck, clang-format, clang-tidy and cppcheck
	@tools/deps lint
	@tools/lint

doctor: ## what this machine can do, what that blocks, how to mend it
	@tools/doctor

clean: ## remove what was built, rootfs/ and image/ too
	@for step in $(STEPS); do $(MAKE) --no-print-directory -s -C $$step clean; done
	@rm -rf $(PROGRAMS) build
	@$(MAKE) --no-print-directory -s -C bench clean
	@for dir in rootfs image; do \
		test ! -e $$dir || rm -rf $$dir 2>/dev/null || { echo "clean: $$dir/ holds others' files: sudo rm -rf $$dir"; sudo rm -rf $$dir; }; \
	done

help: ## this list
	@sed -n 's/^\([a-z0-9%-]*\):[^#]*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-11s %s\n", $$1, $$2 }'

FORCE:
.PHONY: all demo test test-vm rootfs ladder matrix mistakes lab labs grade lint doctor clean help FORCE
.PHONY: bench bench-check test-delegated
.PHONY: attacks
.PHONY: faults faults-vm fuzz
.PHONY: diff-all
.PHONY: pictures
.PHONY: record
.PHONY: lessons
.PHONY: progress
.PHONY: grade-check
.PHONY: grade-all gradescope similar calibrate hostile
