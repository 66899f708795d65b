// Makes the photographs of two sample templates: a doormat, and a laptop on a desk.
//
//     cc -O3 -ffast-math -march=native photo.c -lm -o photo && ./photo doormat 1200 800 24 > doormat.ppm
//
// Distances to rounded shapes, sphere tracing, a sun and a sky, one bounce of light. The light that a
// surface gets is smoothed apart from its colours (which stay sharp), so that few samples are enough.
// It prints the corners of the mat, the screen and the mug's label, in px, to stderr.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { float x, y, z; } V;
static V v(float x, float y, float z) { return (V){x, y, z}; }
static V add(V a, V b) { return v(a.x + b.x, a.y + b.y, a.z + b.z); }
static V sub(V a, V b) { return v(a.x - b.x, a.y - b.y, a.z - b.z); }
static V mul(V a, float s) { return v(a.x * s, a.y * s, a.z * s); }
static V mulv(V a, V b) { return v(a.x * b.x, a.y * b.y, a.z * b.z); }
static float dot(V a, V b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static V cross(V a, V b) { return v(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x); }
static float len(V a) { return sqrtf(dot(a, a)); }
static V norm(V a) { return mul(a, 1 / len(a)); }
static float clampf(float x, float a, float b) { return x < a ? a : x > b ? b : x; }
static float mixf(float a, float b, float t) { return a + (b - a) * t; }
static V mix(V a, V b, float t) { return add(a, mul(sub(b, a), t)); }
static float smooth(float a, float b, float x) { float t = clampf((x - a) / (b - a), 0, 1); return t * t * (3 - 2 * t); }

static uint32_t hash(uint32_t x) { x ^= x >> 16; x *= 0x7feb352d; x ^= x >> 15; x *= 0x846ca68b; x ^= x >> 16; return x; }
static float h3(int x, int y, int z) { return hash(x * 73856093u ^ hash(y * 19349663u ^ hash(z * 83492791u + 7u))) / 4294967296.0f; }
static float noise(V p) {
  float fx = floorf(p.x), fy = floorf(p.y), fz = floorf(p.z);
  int x = fx, y = fy, z = fz;
  float u = p.x - fx, w = p.y - fy, t = p.z - fz;
  u = u * u * (3 - 2 * u); w = w * w * (3 - 2 * w); t = t * t * (3 - 2 * t);
  float a = mixf(mixf(h3(x, y, z), h3(x + 1, y, z), u), mixf(h3(x, y + 1, z), h3(x + 1, y + 1, z), u), w);
  float b = mixf(mixf(h3(x, y, z + 1), h3(x + 1, y, z + 1), u), mixf(h3(x, y + 1, z + 1), h3(x + 1, y + 1, z + 1), u), w);
  return mixf(a, b, t);
}
static float fbm(V p, int n) { float s = 0, a = .5; while (n--) { s += a * noise(p); p = mul(p, 2.03f); a *= .5f; } return s; }

static uint32_t seed;
static float rnd(void) { seed = seed * 747796405u + 2891336453u; return hash(seed) / 4294967296.0f; }

static float box(V p, V b, float r) {
  V q = v(fabsf(p.x) - b.x + r, fabsf(p.y) - b.y + r, fabsf(p.z) - b.z + r);
  V m = v(fmaxf(q.x, 0), fmaxf(q.y, 0), fmaxf(q.z, 0));
  return len(m) + fminf(fmaxf(q.x, fmaxf(q.y, q.z)), 0) - r;
}
// A cylinder along y, whose radius goes from r0 (below) to r1.
static float can(V p, float r0, float r1, float h, float r) {
  float t = clampf(p.y / (2 * h) + .5f, 0, 1), R = mixf(r0, r1, t);
  float dx = sqrtf(p.x * p.x + p.z * p.z) - R + r, dy = fabsf(p.y) - h + r;
  float mx = fmaxf(dx, 0), my = fmaxf(dy, 0);
  return (sqrtf(mx * mx + my * my) + fminf(fmaxf(dx, dy), 0) - r) * .95f;
}
// A slab with rounded corners in x and z: half sizes b, corner radius c, edge radius r.
static float slab(V p, V b, float c, float r) {
  float qx = fabsf(p.x) - b.x + c, qz = fabsf(p.z) - b.z + c;
  float d = sqrtf(fmaxf(qx, 0) * fmaxf(qx, 0) + fmaxf(qz, 0) * fmaxf(qz, 0)) + fminf(fmaxf(qx, qz), 0) - c + r;
  float dy = fabsf(p.y) - b.y + r;
  return sqrtf(fmaxf(d, 0) * fmaxf(d, 0) + fmaxf(dy, 0) * fmaxf(dy, 0)) + fminf(fmaxf(d, dy), 0) - r;
}
static V rotx(V p, float a) { float s = sinf(a), c = cosf(a); return v(p.x, c * p.y - s * p.z, s * p.y + c * p.z); }
static V roty(V p, float a) { float s = sinf(a), c = cosf(a); return v(c * p.x + s * p.z, p.y, -s * p.x + c * p.z); }

static int scene;             // 0 doormat, 1 laptop
static V MAT = {0, .012f, .05f}; // middle of the mat; it lies on y = 0
static const V MAT_HALF = {.46f, .014f, .30f};
// The laptop's own coordinates: its hinge is the x axis, its base goes to +z.
static const float TURN = -.20f, OPEN = .32f;
static const V LAP = {-.05f, .011f, -.08f};
static V to_lap(V p) { return roty(sub(p, LAP), -TURN); }
static V from_lap(V p) { return add(roty(p, TURN), LAP); }
static V to_lid(V p) { return rotx(p, OPEN); }
static V from_lid(V p) { return rotx(p, -OPEN); }
static const float LID_W = .166f, LID_H = .112f;
static const V MUG = {.232f, .052f, .035f};
static const float MUG_R = .041f, MUG_H = .052f;

enum { FLOOR = 1, COIR, DOOR, BRASS, FRAME, POT, SOIL, LEAF, WALL, METAL, KEYS, SCREEN, BEZEL, CUP, COFFEE, PAPER, PENCIL, VASE };

static float bush(V p, V c, float r, float k) {
  V q = sub(p, c); float d = len(q) - r;
  if (d > .06f) return d - .03f;
  V n = mul(q, 1 / (len(q) + 1e-6f));
  float bump = fabsf(noise(mul(add(p, mul(n, .02f)), 46 * k)) - .5f) * .055f / k + fabsf(noise(mul(p, 95 * k)) - .5f) * .03f / k;
  return (d + bump - .018f / k) * .45f;
}

static float map(V p, int *id) {
  float d = 1e9f, e; int m = 0;
#define TAKE(dist, mat) do { float take = (dist); if (take < d) { d = take; m = (mat); } } while (0)
  if (scene == 0) {
    // Boards of the porch, along x.
    float board = .145f, z = p.z / board, k = floorf(z), f = (z - k - .5f) * board;
    float joint = fmaxf(0, .0035f - (board / 2 - fabsf(f))) * 2.4f;
    TAKE((p.y + joint + (h3(k, 3, 0) - .5f) * .002f) * .8f, FLOOR);
    V q = sub(p, MAT);
    e = slab(q, MAT_HALF, .02f, .010f);
    if (e < .03f) {
      float fib = noise(v(p.x * 330, p.y * 90, p.z * 330)) * .0055f + noise(v(p.x * 120, 1, p.z * 120)) * .004f;
      e = (e + fib - .003f) * .6f;
    }
    TAKE(e, COIR);
    if (p.z < .2f) {
      // The threshold, the door with its panels, the frame, the wall of boards.
      TAKE(box(sub(p, v(0, .02f, -.475f)), v(.64f, .022f, .055f), .006f), BRASS + 20);
      V w = sub(p, v(0, 1, -.56f));
      e = box(w, v(.56f, 1.0f - .035f, .03f), .004f);
      for (int s = -1; s <= 1; s += 2) {
        float pan = box(sub(p, v(s * .27f, .62f, -.527f)), v(.2f, .30f, .012f), .002f);
        e = fmaxf(e, -pan);
        TAKE(box(sub(p, v(s * .27f, .62f, -.537f)), v(.165f, .265f, .011f), .006f), DOOR);
      }
      TAKE(e, DOOR);
      TAKE(box(sub(p, v(0, .155f, -.529f)), v(.5f, .095f, .0025f), .002f), BRASS);
      for (int s = -1; s <= 1; s += 2) {
        TAKE(box(sub(p, v(s * .645f, 1, -.535f)), v(.07f, 1.2f, .055f), .006f), FRAME);
        TAKE(box(sub(p, v(s * .60f, 1, -.555f)), v(.03f, 1.2f, .05f), .004f), FRAME);
      }
      float wy = p.y / .17f, wf = wy - floorf(wy);
      TAKE(p.z + .565f - .012f * (1 - wf), WALL);
    }
    for (int s = -1; s <= 1; s += 2) {
      V c = v(s * .80f, 0, s < 0 ? -.30f : -.27f);
      if (len(sub(p, add(c, v(0, .3f, 0)))) > .75f) continue;
      q = sub(p, add(c, v(0, .15f, 0)));
      float pot = can(q, .115f, .155f, .15f, .006f);
      pot = fminf(pot, can(sub(q, v(0, .125f, 0)), .166f, .170f, .03f, .006f));
      pot = fmaxf(pot, -can(sub(q, v(0, .10f, 0)), .14f, .147f, .08f, .002f));
      TAKE(pot, POT);
      TAKE(can(sub(q, v(0, .07f, 0)), .134f, .136f, .03f, .002f), SOIL);
      TAKE(bush(p, add(c, v(0, .46f, 0)), .215f, 1.25f), LEAF);
    }
  } else {
    TAKE(p.y, FLOOR);
    V q = to_lap(p);
    if (len(sub(q, v(0, .06f, .08f))) < .36f) {
      V b = sub(q, v(0, 0, .118f));
      float base = slab(b, v(LID_W + .004f, .0078f, .118f), .014f, .004f);
      float well = box(sub(b, v(0, .0085f, -.022f)), v(.142f, .0022f, .056f), .002f);
      base = fmaxf(base, -well);
      float pad = box(sub(b, v(0, .0085f, .074f)), v(.056f, .0016f, .034f), .0012f);
      base = fmaxf(base, -pad);
      TAKE(base, METAL);
      if (fabsf(b.y - .006f) < .02f) {
        // Keys: rows of caps.
        float rowh = .0185f, r = floorf((b.z + .022f + .056f) / rowh);
        if (r >= 0 && r < 6) {
          float cw = .0188f, off = (r == 1 ? .3f : r == 2 ? .55f : r == 3 ? .8f : 0) * cw;
          float kx = b.x + .142f - off, c = floorf(kx / cw);
          float cx = (c + .5f) * cw - .142f + off, hw = cw * .43f;
          if (r == 5 && fabsf(b.x) < .05f) { cx = 0; hw = .049f; }
          float cz = (r + .5f) * rowh - .022f - .056f;
          if (fabsf(cx) + hw < .142f)
            TAKE(box(sub(b, v(cx, .0068f, cz)), v(hw, .0016f, rowh * .42f), .0012f), KEYS);
        }
        TAKE(box(sub(b, v(0, .0062f, .074f)), v(.0555f, .0008f, .0335f), .0006f), METAL);
      }
      V l = to_lid(sub(q, v(0, .009f, .002f)));
      V ls = v(l.x, l.z, l.y - LID_H - .002f);
      TAKE(slab(ls, v(LID_W + .004f, .0034f, LID_H + .004f), .013f, .0026f), METAL);
      ls.y -= .0026f;
      TAKE(slab(ls, v(LID_W + .001f, .0014f, LID_H + .001f), .011f, .0008f), BEZEL);
      TAKE(can(rotx(roty(v(q.x, q.y - .0085f, q.z), 0), 0).x > 9 ? p : v(q.y - .0085f, q.x, q.z), .0058f, .0058f, .13f, .002f), BEZEL);
    }
    q = sub(p, MUG);
    if (len(q) < .14f) {
      float cup = can(q, MUG_R - .001f, MUG_R, MUG_H, .004f);
      cup = fmaxf(cup, -can(sub(q, v(0, .012f, 0)), MUG_R - .0045f, MUG_R - .004f, MUG_H, .003f));
      V t = roty(q, .55f); t = sub(t, v(MUG_R + .006f, 0, 0));
      float ring = sqrtf(t.x * t.x * 1.15f + t.y * t.y * .85f) - .026f;
      float handle = sqrtf(ring * ring + t.z * t.z * .7f) - .0055f;
      handle = fmaxf(handle, -(len(v(q.x, 0, q.z)) - MUG_R + .003f) * 1.f);
      TAKE(cup, CUP); TAKE(handle * .9f, CUP);
      TAKE(can(sub(q, v(0, .01f, 0)), MUG_R - .003f, MUG_R - .003f, MUG_H - .022f, .001f), COFFEE);
    }
    // A notebook and a pencil, a plant behind.
    q = roty(sub(p, v(-.30f, .008f, .10f)), .30f);
    TAKE(slab(q, v(.075f, .008f, .105f), .006f, .002f), PAPER);
    q = roty(sub(p, v(-.292f, .0205f, .095f)), .55f);
    TAKE(can(v(q.x, q.z, q.y), .0038f, .0038f, .075f, .001f), PENCIL);
    q = sub(p, v(.33f, .06f, -.30f));
    if (len(q) < .45f) {
      TAKE(can(q, .048f, .06f, .06f, .006f), VASE);
      TAKE(bush(p, v(.33f, .185f, -.30f), .10f, 2.6f), LEAF);
    }
    TAKE(p.z + 1.25f, WALL);
  }
  if (id) *id = m;
  return d;
}

static V normal(V p, float e) {
  V n = v(0, 0, 0);
  for (int i = 0; i < 4; i++) {
    V k = v(((i + 3) >> 1 & 1) * 2 - 1, (i >> 1 & 1) * 2 - 1, (i & 1) * 2 - 1);
    n = add(n, mul(k, map(add(p, mul(k, e)), 0)));
  }
  return norm(n);
}
static float march(V o, V d, float far, int *id) {
  float t = .0008f;
  for (int i = 0; i < 140 && t < far; i++) {
    float s = map(add(o, mul(d, t)), id);
    if (s < .00025f * (1 + t)) return t;
    t += s;
  }
  return t < far ? t : -1;
}

typedef struct { V color, n, spec; float rough; } Surf;
static V rgb(int hex) { return v(powf((hex >> 16 & 255) / 255.f, 2.2f), powf((hex >> 8 & 255) / 255.f, 2.2f), powf((hex & 255) / 255.f, 2.2f)); }

static V wood(V p, V light, V dark, float k) {
  V q = v(p.x * 2.2f + k * 17, p.y * 9, p.z * 34 + k * 5);
  float ring = fbm(v(q.x, q.y, q.z + 6 * fbm(v(p.x * 3 + k, k, p.z * 7), 3)), 4);
  float fine = noise(v(p.x * 18, k, p.z * 420));
  float t = clampf(smooth(.28f, .68f, ring) * .75f + fine * .28f, 0, 1);
  return mix(light, dark, t);
}

static Surf surface(V p, int id) {
  Surf s = {v(.5f, .5f, .5f), normal(p, .0006f), v(0, 0, 0), 1};
  switch (id) {
    case FLOOR:
      if (scene == 0) {
        float k = floorf(p.z / .145f);
        s.color = mul(wood(p, rgb(0xb39a80), rgb(0x77624f), k), .86f + .28f * h3(k, 9, 1));
        s.color = mul(s.color, .82f + .3f * fbm(mul(p, 5), 3));
      } else {
        float k = floorf(p.z / .19f + .2f);
        s.color = mul(wood(v(p.x, 0, p.z), rgb(0xdcbf98), rgb(0xb58d60), k), .94f + .1f * h3(k, 9, 1));
        s.spec = v(.035f, .035f, .035f); s.rough = .25f;
      }
      break;
    case COIR: {
      float a = noise(v(p.x * 420, p.y * 60, p.z * 420)), b = noise(v(p.x * 170, 3, p.z * 170)), c = fbm(v(p.x * 9, 1, p.z * 9), 3);
      V q = sub(p, MAT);
      float edge = fmaxf(fabsf(q.x) - MAT_HALF.x + .022f, fabsf(q.z) - MAT_HALF.z + .022f);
      s.color = mix(rgb(0xc79c69), rgb(0x7f5833), clampf(.52f * a + .38f * b + .3f * (c - .4f), 0, 1));
      if (edge > 0) s.color = mul(s.color, .62f);
      break;
    }
    case DOOR: s.color = mul(rgb(0x24483f), .92f + .1f * fbm(v(p.x * 60, p.y * 6, 0), 3)); s.spec = v(.04f, .04f, .04f); s.rough = .22f; break;
    case BRASS: s.color = rgb(0x5a4a2c); s.spec = rgb(0xb59153); s.rough = .2f + .06f * noise(v(p.x * 500, p.y * 8, 0)); break;
    case BRASS + 20: s.color = mul(rgb(0x8f8a83), .85f + .2f * fbm(mul(p, 40), 3)); break;
    case FRAME: s.color = mul(rgb(0xf1ede4), .94f + .08f * fbm(mul(p, 14), 2)); s.spec = v(.03f, .03f, .03f); s.rough = .3f; break;
    case WALL: s.color = scene ? rgb(0xd9d3c8) : mul(rgb(0xc9c6bd), .92f + .1f * fbm(v(p.x * 4, p.y * 30, 0), 3)); break;
    case POT: s.color = mix(rgb(0xc0714a), rgb(0xd9a98b), .55f * fbm(mul(p, 16), 4) + .1f * noise(mul(p, 220))); break;
    case SOIL: s.color = mul(rgb(0x3a2a20), .5f + fbm(mul(p, 120), 2)); break;
    case LEAF: {
      float k = scene ? 2.6f : 1.25f, f = noise(mul(p, 60 * k)), g = noise(mul(p, 23 * k));
      s.color = mix(rgb(0x27481f), rgb(0x6f9145), clampf(f * .75f + g * .4f - .15f, 0, 1));
      s.spec = v(.02f, .02f, .02f); s.rough = .4f;
      break;
    }
    case METAL: s.color = rgb(0x9ea1a6); s.spec = v(.32f, .32f, .33f); s.rough = .30f; break;
    case KEYS: s.color = rgb(0x202226); s.spec = v(.02f, .02f, .02f); s.rough = .35f; break;
    case BEZEL: s.color = rgb(0x08090b); s.spec = v(.03f, .03f, .03f); s.rough = .05f; break;
    case CUP: s.color = rgb(0xf3efe8); s.spec = v(.045f, .045f, .045f); s.rough = .10f; break;
    case COFFEE: s.color = rgb(0x2a1509); s.spec = v(.04f, .04f, .04f); s.rough = .03f; break;
    case PAPER: s.color = rgb(0x2f4858); s.spec = v(.02f, .02f, .02f); s.rough = .4f; break;
    case PENCIL: s.color = rgb(0xd9a22b); s.spec = v(.03f, .03f, .03f); s.rough = .3f; break;
    case VASE: s.color = rgb(0xd8cfc2); break;
  }
  return s;
}

static V SUN, SUN_COLOR; static float SUN_SIZE;
static V sky(V d) {
  if (scene == 0) {
    float up = clampf(d.y * .5f + .5f, 0, 1);
    V c = mix(v(.30f, .27f, .22f), v(.62f, .80f, 1.12f), smooth(.42f, .9f, up));
    // Trees across the street, seen in the brass.
    float tree = fbm(v(d.x * 3, d.y * 5, d.z * 3), 4);
    if (d.y < .35f) c = mulv(c, mix(v(.5f, .6f, .4f), v(1.1f, 1.1f, 1), tree));
    return c;
  }
  // A room with a large window at the left.
  V c = mul(v(.40f, .39f, .38f), .55f + .45f * clampf(d.y, 0, 1));
  if (d.x < -.25f) {
    float y = d.y / -d.x, z = d.z / -d.x;
    if (y > .12f && y < 1.25f && z > -.75f && z < .95f && fabsf(z - .1f) > .02f && fabsf(y - .7f) > .018f) c = v(5.2f, 5.5f, 6.0f);
  }
  return c;
}
// Leaves and a window frame throw shadows.
static float gobo(V p) {
  if (scene) return 1;
  V q = sub(p, mul(SUN, p.y / SUN.y));
  float n = fbm(v(q.x * 2.6f + 3.1f, 5, q.z * 2.6f), 4) * .75f + .25f * noise(v(q.x * 14, 2, q.z * 14));
  return .22f + .78f * smooth(.40f, .56f, n + .05f);
}

static V cosine(V n) {
  float a = 6.2831853f * rnd(), z = 2 * rnd() - 1, r = sqrtf(1 - z * z);
  return norm(add(n, v(r * cosf(a) * .999f, z * .999f, r * sinf(a) * .999f)));
}
static V sun_light(V p, V n) {
  V l = norm(add(SUN, mul(v(rnd() - .5f, rnd() - .5f, rnd() - .5f), SUN_SIZE)));
  float c = dot(n, l);
  if (c <= 0) return v(0, 0, 0);
  float g = gobo(p);
  if (march(add(p, mul(n, .0015f)), l, 4, 0) > 0) return v(0, 0, 0);
  return mul(SUN_COLOR, c * g);
}
// The light that arrives along a ray; the bounce of what it meets counts as half of the sky there.
static V arriving(V o, V d) {
  int id; float t = march(o, d, 5, &id);
  if (t < 0) return sky(d);
  V p = add(o, mul(d, t)); Surf s = surface(p, id);
  V amb = mul(sky(s.n), .35f);
  return add(mulv(s.color, add(sun_light(p, s.n), amb)), mul(s.spec, .1f));
}

typedef struct { V color, light, shine, n; float depth; } Px;
static V EYE, FWD, RIGHT, UP; static float ZOOM;
static void project(V p, int W, int H, const char *name) {
  V q = sub(p, EYE); float z = dot(q, FWD);
  fprintf(stderr, "%s [%.1f, %.1f]\n", name, W / 2.f + dot(q, RIGHT) / z * ZOOM * W, H / 2.f - dot(q, UP) / z * ZOOM * W);
}
static void look(V eye, V at, float zoom) {
  EYE = eye; FWD = norm(sub(at, eye)); RIGHT = norm(cross(FWD, v(0, 1, 0))); UP = cross(RIGHT, FWD); ZOOM = zoom;
}

int main(int argc, char **argv) {
  scene = strcmp(argv[1], "laptop") == 0;
  int W = atoi(argv[2]), H = atoi(argv[3]), N = atoi(argv[4]);
  float aperture = 0, focus = 1;
  if (scene == 0) {
    look(v(.05f, 1.16f, 1.36f), v(.0f, .06f, -.05f), 1.20f);
    SUN = norm(v(-.62f, .80f, .55f)); SUN_COLOR = v(3.1f, 2.75f, 2.25f); SUN_SIZE = .03f;
    aperture = .0035f; focus = 1.75f;
    V m = v(MAT.x, MAT.y + MAT_HALF.y, MAT.z), h = MAT_HALF;
    float i = .022f;
    project(add(m, v(-h.x + i, 0, -h.z + i)), W, H, "mat"); project(add(m, v(h.x - i, 0, -h.z + i)), W, H, "mat");
    project(add(m, v(h.x - i, 0, h.z - i)), W, H, "mat"); project(add(m, v(-h.x + i, 0, h.z - i)), W, H, "mat");
  } else {
    look(v(.085f, .36f, .80f), v(.032f, .090f, -.02f), 1.40f);
    SUN = norm(v(-.85f, .62f, .18f)); SUN_COLOR = v(1.2f, 1.12f, 1.0f); SUN_SIZE = .16f;
    aperture = .010f; focus = .90f;
    for (int k = 0; k < 4; k++) {
      float sx = (k == 1 || k == 2) ? 1 : -1, sy = k < 2 ? 1 : -1;
      V l = v(sx * (LID_W - .006f), LID_H + .002f + sy * (LID_H - .006f) + .001f, .0041f);
      project(from_lap(add(from_lid(l), v(0, .009f, .002f))), W, H, "screen");
    }
    V to = norm(v(EYE.x - MUG.x, 0, EYE.z - MUG.z)), side = v(to.z, 0, -to.x);
    for (int k = 0; k < 4; k++) {
      float a = ((k == 1 || k == 2) ? 1 : -1) * 50 * 3.14159265f / 180, y = k < 2 ? .028f : -.030f;
      V p = add(MUG, add(mul(to, cosf(a) * MUG_R), mul(side, sinf(a) * MUG_R)));
      p.y += y; project(p, W, H, "mug");
    }
  }
  Px *px = calloc(W * H, sizeof(Px));
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      Px *o = &px[y * W + x];
      for (int k = 0; k < N; k++) {
        seed = hash(x + hash(y + hash(k)));
        float jx = x + (k + rnd()) / N, jy = y + fmodf(k * .6180339f + rnd() / N, 1);
        V d = add(FWD, add(mul(RIGHT, (jx - W / 2.f) / (ZOOM * W)), mul(UP, (H / 2.f - jy) / (ZOOM * W))));
        V at = add(EYE, mul(d, focus));
        float ra = 6.2831853f * rnd(), rr = sqrtf(rnd()) * aperture;
        V eye = add(EYE, add(mul(RIGHT, cosf(ra) * rr), mul(UP, sinf(ra) * rr)));
        d = norm(sub(at, eye));
        int id; float t = march(eye, d, 8, &id);
        if (t < 0) { o->color = add(o->color, sky(d)); o->light = add(o->light, v(1, 1, 1)); o->depth += 8; continue; }
        V p = add(eye, mul(d, t)); Surf s = surface(p, id);
        V from = add(p, mul(s.n, .0012f));
        V in = arriving(from, cosine(s.n));
        V light = add(sun_light(p, s.n), v(fminf(in.x, 3), fminf(in.y, 3), fminf(in.z, 3)));
        o->color = add(o->color, s.color); o->light = add(o->light, light); o->n = add(o->n, s.n); o->depth += t;
        if (s.spec.x > .001f) {
          V r = sub(d, mul(s.n, 2 * dot(d, s.n)));
          r = norm(add(r, mul(v(rnd() - .5f, rnd() - .5f, rnd() - .5f), 2 * s.rough * s.rough + .004f)));
          if (dot(r, s.n) > 0) {
            float f = powf(1 - clampf(-dot(d, s.n), 0, 1), 5);
            V tint = add(s.spec, mul(sub(v(1, 1, 1), s.spec), f * (1 - s.rough) * .8f));
            in = arriving(from, r);
            in = v(fminf(in.x, 2.5f), fminf(in.y, 2.5f), fminf(in.z, 2.5f));
            o->shine = add(o->shine, mulv(tint, in));
          }
        }
      }
      float i = 1.f / N;
      o->color = mul(o->color, i); o->light = mul(o->light, i); o->shine = mul(o->shine, i); o->depth *= i;
      if (len(o->n) > 0) o->n = norm(o->n);
    }
  // Smooth the light, and less the shine, over px that look the same way at the same depth.
  for (int pass = 0; pass < 3; pass++) {
    Px *out = malloc(W * H * sizeof(Px)); int step = 1 << pass;
    for (int y = 0; y < H; y++)
      for (int x = 0; x < W; x++) {
        Px *c = &px[y * W + x], *o = &out[y * W + x]; *o = *c;
        V l = v(0, 0, 0), sh = v(0, 0, 0); float wl = 0, ws = 0;
        for (int dy = -2; dy <= 2; dy++)
          for (int dx = -2; dx <= 2; dx++) {
            int xx = x + dx * step, yy = y + dy * step;
            if (xx < 0 || yy < 0 || xx >= W || yy >= H) continue;
            Px *q = &px[yy * W + xx];
            float w = expf(-(dx * dx + dy * dy) * .35f) * powf(fmaxf(dot(q->n, c->n), 0), 12) * expf(-fabsf(q->depth - c->depth) * 60);
            float dl = len(sub(q->light, c->light)), ds = len(sub(q->shine, c->shine));
            float a = w * expf(-dl * dl * 1.2f), b = w * expf(-ds * ds * 40);
            l = add(l, mul(q->light, a)); wl += a; sh = add(sh, mul(q->shine, b)); ws += b;
          }
        if (wl > 0) o->light = mul(l, 1 / wl);
        if (ws > 0) o->shine = mul(sh, 1 / ws);
      }
    free(px); px = out;
  }
  printf("P6\n%d %d\n255\n", W, H);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      Px *o = &px[y * W + x];
      V c = add(mulv(o->color, o->light), o->shine);
      float vx = (x - W / 2.f) / W, vy = (y - H / 2.f) / W;
      c = mul(c, (scene ? .80f : .62f) * (1 - .55f * (vx * vx + vy * vy)));
      float ch[3] = {c.x, c.y, c.z};
      for (int k = 0; k < 3; k++) {
        float a = ch[k];
        a = a * (2.51f * a + .03f) / (a * (2.43f * a + .59f) + .14f); // ACES
        a = powf(clampf(a, 0, 1), 1 / 2.2f) * 255 + .5f;
        putchar(a > 255 ? 255 : (int)a);
      }
    }
}
