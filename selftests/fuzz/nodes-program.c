// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs: the table of kinds, making programs up, changing them, and their text
 * form, in which they are kept: a line "program RACE" and then one a call,
 *
 *	NAME ARGUMENT... ! DAMAGE WHERE VALUE ! DAMAGE WHERE VALUE
 *
 * where arguments that are missing are 0. Lines that begin with # say nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "nodes.h"

const struct kind *kinds[MAX_KINDS];
unsigned int num_kinds;
static unsigned int total_weight;

static const char *const race_names[NUM_RACES] = {
	[RACE_NONE] = "alone",
	[RACE_SAME] = "twice",
	[RACE_MEMORY] = "scribbled",
};

void add_kinds(const struct kind *table, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (num_kinds == MAX_KINDS) {
			fprintf(stderr, "nodes: more kinds than MAX_KINDS\n");
			abort();
		}
		kinds[num_kinds++] = &table[i];
		total_weight += table[i].weight;
	}
}

unsigned int kind_by_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < num_kinds; i++)
		if (!strcmp(kinds[i]->name, name))
			return i;
	fprintf(stderr, "nodes: no call is named \"%s\"\n", name);
	abort();
}

const struct kind *kind_of(const struct call *c)
{
	return kinds[c->kind % num_kinds];
}

/* --- Making programs */

static bool has_kind(const struct program *p, unsigned int kind)
{
	unsigned int i;

	for (i = 0; i < p->num; i++)
		if (p->call[i].kind == kind)
			return true;
	return false;
}

static struct call *add_call(struct program *p, unsigned int kind)
{
	struct call *c;

	if (p->num == MAX_CALLS)
		return NULL;
	c = &p->call[p->num++];
	memset(c, 0, sizeof(*c));
	c->kind = kind;
	return c;
}

/* What the kind needs, and what that needs, unless it is there. */
static void add_needs(struct program *p, unsigned int kind)
{
	unsigned int i, need;

	for (i = 0; i < ARRAY_SIZE(kinds[kind]->needs); i++) {
		if (!kinds[kind]->needs[i])
			break;
		need = kind_by_name(kinds[kind]->needs[i]);
		if (has_kind(p, need))
			continue;
		add_needs(p, need);
		add_call(p, need);
	}
}

/* The shortest program in which the kind should succeed. */
void program_seed(struct program *p, unsigned int kind)
{
	memset(p, 0, sizeof(*p));
	p->magic = PROGRAM_MAGIC;
	add_needs(p, kind);
	add_call(p, kind);
}

static unsigned int random_kind(struct rng *r)
{
	unsigned int i, at = rng_below(r, total_weight);

	for (i = 0; i < num_kinds; i++) {
		if (at < kinds[i]->weight)
			return i;
		at -= kinds[i]->weight;
	}
	return 0;
}

/* Where things tend to break: around powers of two and pages, and the ends. */
static uint32_t random_value(struct rng *r)
{
	switch (rng_below(r, 6)) {
	case 0:
		return rng_below(r, 16);
	case 1:
		return (1u << rng_below(r, 32)) + rng_below(r, 3) - 1;
	case 2:
		return PAGE_BYTES * rng_below(r, 64) + rng_below(r, 17) - 8;
	case 3:
		return -rng_below(r, 16);
	case 4:
		return rng_below(r, 256);
	default:
		return rng_next(r);
	}
}

static void random_damage(struct call *c, struct rng *r)
{
	struct damage *d = &c->damage[rng_below(r, NUM_DAMAGES)];

	d->type = rng_below(r, NUM_DAMAGE_TYPES);
	d->where = rng_percent(r, 50) ? rng_below(r, 32) : rng_next(r);
	d->value = random_value(r);
}

static void spoil_call(struct call *c, struct rng *r)
{
	unsigned int i;

	for (i = 0; i < NUM_ARGS; i++)
		if (rng_percent(r, 15))
			c->arg[i] = random_value(r);
	if (rng_percent(r, 15))
		random_damage(c, r);
}

static void set_race(struct program *p, struct rng *r)
{
	p->race = rng_percent(r, 75) ? RACE_NONE : rng_below(r, NUM_RACES);
}

void program_generate(struct program *p, struct rng *r)
{
	unsigned int kind, wanted = 3 + rng_below(r, MAX_CALLS - 3);
	struct call *c;

	memset(p, 0, sizeof(*p));
	p->magic = PROGRAM_MAGIC;
	while (p->num < wanted) {
		kind = random_kind(r);
		if (rng_percent(r, 90))
			add_needs(p, kind);
		c = add_call(p, kind);
		if (c)
			spoil_call(c, r);
	}
	set_race(p, r);
}

/* --- Changing programs */

static void insert_call(struct program *p, struct rng *r)
{
	unsigned int at = rng_below(r, p->num + 1u);
	struct call *c;

	if (p->num == MAX_CALLS)
		return;
	memmove(&p->call[at + 1], &p->call[at],
		(p->num - at) * sizeof(p->call[0]));
	p->num++;
	c = &p->call[at];
	memset(c, 0, sizeof(*c));
	c->kind = random_kind(r);
	spoil_call(c, r);
}

static void delete_call(struct program *p, struct rng *r)
{
	unsigned int at = rng_below(r, p->num);

	if (p->num < 2)
		return;
	p->num--;
	memmove(&p->call[at], &p->call[at + 1], (p->num - at) * sizeof(p->call[0]));
}

/* The calls of @other after some of @p's. */
static void splice(struct program *p, struct rng *r, const struct program *other)
{
	unsigned int i;

	p->num = 1 + rng_below(r, p->num);
	for (i = 0; i < other->num && p->num < MAX_CALLS; i++)
		p->call[p->num++] = other->call[i];
}

static void mutate_once(struct program *p, struct rng *r,
			const struct program *other)
{
	struct call *c = &p->call[rng_below(r, p->num)];

	switch (rng_below(r, 16)) {
	case 0 ... 4:
		c->arg[rng_below(r, NUM_ARGS)] = random_value(r);
		break;
	case 5 ... 7:
		random_damage(c, r);
		break;
	case 8:
		memset(c->damage, 0, sizeof(c->damage));
		break;
	case 9 ... 11:
		insert_call(p, r);
		break;
	case 12:
		delete_call(p, r);
		break;
	case 13:
		p->call[rng_below(r, p->num)] = *c;
		break;
	case 14:
		if (other)
			splice(p, r, other);
		break;
	case 15:
		set_race(p, r);
		break;
	}
}

void program_mutate(struct program *p, struct rng *r, const struct program *other)
{
	unsigned int n = 1 + rng_below(r, 4);

	while (n--)
		mutate_once(p, r, other);
}

/* --- Text */

static void print_damage(FILE *f, const struct damage *d)
{
	if (d->type != DAMAGE_NONE)
		fprintf(f, " ! %u %u %#x", d->type, d->where, d->value);
}

static void print_call(FILE *f, const struct call *c)
{
	int i, last = NUM_ARGS;

	while (last && !c->arg[last - 1])
		last--;
	fputs(kind_of(c)->name, f);
	for (i = 0; i < last; i++)
		fprintf(f, " %#x", c->arg[i]);
	for (i = 0; i < NUM_DAMAGES; i++)
		print_damage(f, &c->damage[i]);
	fputc('\n', f);
}

/* Returns the length; text that does not fit is cut off. */
size_t program_print(const struct program *p, char *text, size_t size)
{
	FILE *f = fmemopen(text, size, "w");
	size_t len;
	int i;

	if (!f)
		return 0;
	fprintf(f, "program %s\n", race_names[p->race % NUM_RACES]);
	for (i = 0; i < p->num; i++)
		print_call(f, &p->call[i]);
	fflush(f);
	len = ftell(f);
	fclose(f);
	return len;
}

static bool parse_damage(struct call *c, char **rest)
{
	unsigned int n;

	for (n = 0; n < NUM_DAMAGES && c->damage[n].type; n++)
		;
	if (n == NUM_DAMAGES)
		return false;
	c->damage[n].type = strtoul(*rest, rest, 0) % NUM_DAMAGE_TYPES;
	c->damage[n].where = strtoul(*rest, rest, 0);
	c->damage[n].value = strtoul(*rest, rest, 0);
	return true;
}

static bool parse_call(struct call *c, char *line)
{
	unsigned int i, arg = 0;
	char *name = strsep(&line, " ");

	memset(c, 0, sizeof(*c));
	for (i = 0; i < num_kinds && strcmp(kinds[i]->name, name); i++)
		;
	if (i == num_kinds)
		return false;
	c->kind = i;
	while (line && *line) {
		line += strspn(line, " ");
		if (*line == '!') {
			line++;
			if (!parse_damage(c, &line))
				return false;
		} else if (arg < NUM_ARGS) {
			c->arg[arg++] = strtoul(line, &line, 0);
		} else {
			return false;
		}
	}
	return true;
}

/*
 * Take the next program off *@text, which is cut into lines meanwhile. False when
 * there is none; a line that means nothing ends everything.
 */
bool program_parse(struct program *p, char **text)
{
	char *line, *next;
	int race;

	memset(p, 0, sizeof(*p));
	while (*text && **text) {
		next = strchr(*text, '\n');
		if (!strncmp(*text, "program ", 8) && p->magic)
			break;
		line = *text;
		*text = next ? next + 1 : NULL;
		if (next)
			*next = '\0';
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "program ", 8)) {
			p->magic = PROGRAM_MAGIC;
			for (race = 0; race < NUM_RACES; race++)
				if (!strcmp(line + 8, race_names[race]))
					p->race = race;
		} else if (!p->magic || p->num == MAX_CALLS ||
			   !parse_call(&p->call[p->num], line)) {
			fprintf(stderr, "nodes: cannot make sense of \"%s\"\n", line);
			*text = NULL;
			return false;
		} else {
			p->num++;
		}
	}
	return p->num;
}
