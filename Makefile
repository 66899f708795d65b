# Everything a person does with this repo. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup build dev test fuzz fuzz-api oracle bench bench-v8 bench-worker bench-changes bench-worst bench-peers bench-studio profile load live kill-batches bench-batches publishers signed-urls audit fmt font fonts icons names locales golden-accept turns render sheet sheets clean

PORT = 8787
TEMPLATE = welcome
TARGET = template
SECONDS = 60
CASES = 280
ARGS =
REQUESTS = 10000
COUNT = 1000000
AT_ONCE = 20
OUT = target/pictures/$(TEMPLATE).png

help: ## list what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

setup: ## bring the tools (the others call it; quick when nothing is missing)
	@tools/setup

build: setup ## build the Worker as it is deployed, and the page of Studio, into build/
	@tools/build

dev: build ## serve it here, in the real workerd: make dev PORT=8787
	@exec env PORT=$(PORT) node_modules/.bin/node tools/dev.mjs

test: setup ## every check that a change must pass
	@tools/test

fuzz: ## look for inputs that break a target (template, expression, scaling, font): make fuzz TARGET=font SECONDS=60
	@tools/fuzz $(TARGET) $(SECONDS)

fuzz-api: build ## send the API of a Worker here 30,000 calls from its OpenAPI document, and check the answers: make fuzz-api CASES=280
	@tools/fuzz-api $(CASES)

render: ## draw one picture, without a server: make render TEMPLATE=welcome ARGS='name=Maria' OUT=target/pictures/welcome.png
	@mkdir -p $(dir $(OUT))
	cargo run --quiet --package monogram-cli -- render $(TEMPLATE).png "$(ARGS)" $(OUT)

sheet: ## draw a template with its worst cases into one picture, and fail where it breaks: make sheet TEMPLATE=welcome OUT=sheet.png
	cargo run --quiet --package monogram-cli -- sheet $(TEMPLATE) $(if $(filter-out file,$(origin OUT)),$(OUT))

sheets: ## the same for every sample, into target/sheets/
	cargo run --quiet --package monogram-cli -- sheet

golden-accept: ## take what the golden tests draw now as right; look at the pictures before you commit them
	MONOGRAM_ACCEPT=1 cargo test --no-fail-fast --tests

turns: ## draw 100,000 random pictures on one isolate, each compared with the one that is drawn from nothing (two hours)
	MONOGRAM_TURNS=$(or $(STEPS),100000) cargo test --release --test main incremental::turns -- --nocapture

bench: ## ms of each stage of a picture, natively, as a table
	cargo bench --quiet --bench stages

bench-v8: setup ## the same in V8, from wasm; the first time takes minutes to build
	@tools/bench-v8

bench-worker: build ## CPU ms, bytes and memory of a picture in the real workerd, as a table
	@node_modules/.bin/node tools/bench.mjs

bench-changes: build ## CPU ms of a picture when its images, colours, template or format differ, as a table
	@node_modules/.bin/node tools/bench-changes.mjs

bench-worst: build ## CPU ms and memory of the heaviest of many random hostile templates, natively and in workerd
	cargo bench --quiet --bench worst
	@node_modules/.bin/node tools/bench-worst.mjs

bench-peers: build ## CPU ms and bytes of the same pictures with Takumi, in the same workerd, as a table
	@cd benches/peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@node_modules/.bin/node tools/bench-peers.mjs

bench-studio: build ## ms of a redraw of Studio's canvas after a change, in Chromium, as a table
	@node_modules/.bin/node tools/bench-studio.mjs

profile: build ## the functions that take a picture's time in the real workerd, by V8's profiler: make profile SCENE=card
	@node_modules/.bin/node tools/profile.mjs

kill-batches: build ## kill workerd ten times while it draws a batch, and compare its files with those of the command line
	@cargo build --quiet --package monogram-cli
	@node_modules/.bin/node tools/kill-batches.mjs

bench-batches: build ## import 100,000 rows with errors in 500 of them, and draw 100,000 pictures: make bench-batches ROWS=100000
	@node_modules/.bin/node tools/bench-batches.mjs

publishers: build ## of two publishers at once one wins, 1,000 times: nothing is lost
	@env ROUNDS=1000 node_modules/.bin/node --test --test-name-pattern='two publishers' tests/edge/publish.test.mjs

signed-urls: ## no changed signed URL is accepted, no valid one refused: make signed-urls COUNT=1000000
	MONOGRAM_URLS=$(COUNT) cargo test --quiet --test main policy:: -- --nocapture

live: build ## serve pictures with live values, and a small upstream for them: make live PORT=8788
	@exec env $(if $(filter-out file,$(origin PORT)),PORT=$(PORT)) node_modules/.bin/node examples/live/serve.mjs

load: ## 10,000 requests, 20 at once, to what `make dev` serves: make load PORT=8787 REQUESTS=10000 AT_ONCE=20
	@env PORT=$(PORT) REQUESTS=$(REQUESTS) AT_ONCE=$(AT_ONCE) node_modules/.bin/node tools/load.mjs

fmt: ## format the code
	cargo fmt

audit: ## licences, sources and known vulnerabilities of what it is built from
	@tools/audit

font: ## check a font for templates, and unpack a web font: make font FILE=Brand.woff2
	cargo run --quiet --package monogram-cli -- font $(FILE)

icons: setup ## make the icons of templates/assets again from Lucide
	@node_modules/.bin/node tools/icons.mjs

fonts: ## make fonts/ again from its sources
	@tools/fonts

names: ## record again names of all languages, and how HarfBuzz shapes them in our fonts
	@tools/names

oracle: setup ## record again how Chromium sets and paints the cases of tests/oracle, and compare
	@tools/oracle

locales: setup ## make src/locale/data.txt again from CLDR, and what its tests compare with
	@tools/locales

clean: ## remove what was built; the tools in the cache stay
	rm -rf target build .wrangler
