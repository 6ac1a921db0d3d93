# step.mk - how each step is built: every .c of its folder and of common/ becomes ./stepNN.
#
#   make            optimised and hardened, static where the toolchain has a static C library
#   make STATIC=0   dynamic
#   make SAN=1      with the address and undefined-behaviour sanitizers (dynamic)
#   make WERROR=1   warnings are errors, as in CI

NAME := $(firstword $(subst -, ,$(notdir $(CURDIR))))
COMMON := ../common
# Outside, so that diff -r of two steps has the sources alone to tell of.
BUILD := ../build/$(notdir $(CURDIR))

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
HARDENING := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong
# A static program starts without the dynamic loader, which is a seventh of a container's start.
ARCHIVES := libc.a $(LIBRARIES:-l%=lib%.a)
MISSING := $(foreach archive,$(ARCHIVES),$(if $(findstring /,$(shell $(CC) -print-file-name=$(archive))),,$(archive)))
STATIC ?= $(if $(strip $(MISSING)),0,1)

ifeq ($(SAN),1)
HARDENING := -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LINK := -pie
else ifeq ($(STATIC),1)
LINK := -static-pie
else
LINK := -pie
endif

CPPFLAGS += -D_GNU_SOURCE -I. -I$(COMMON)
CFLAGS ?= -g
ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(if $(WERROR),-Werror) $(HARDENING) -fPIE $(CFLAGS)
ALL_LDFLAGS = $(LINK) -Wl,-z,relro,-z,now $(LDFLAGS)

OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard *.c)) \
	$(patsubst $(COMMON)/%.c,$(BUILD)/common/%.o,$(wildcard $(COMMON)/*.c))

$(NAME): $(OBJECTS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/common/%.o: $(COMMON)/%.c $(BUILD)/flags
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Changes when the command line does: SAN=1 after a plain build rebuilds everything.
FLAGS = $(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBRARIES) $(OBJECTS)
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)/common
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

clean:
	rm -rf $(BUILD) $(NAME)

.PHONY: clean FORCE
.DEFAULT_GOAL := $(NAME)
-include $(OBJECTS:.o=.d)
