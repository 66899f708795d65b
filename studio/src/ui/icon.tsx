// Icons: strokes on a grid of 16 px.

const PATHS: Record<string, string> = {
  rect: "M2.5 3.5h11v9h-11z",
  ellipse: "M8 3.5c3 0 5.5 2 5.5 4.5S11 12.5 8 12.5 2.5 10.500 2.500 8 5 3.500 8 3.500z",
  line: "M3 13 13 3",
  path: "M2.500 12.500C4 5 8 13 9.500 8S12 3 13.500 3.500",
  text: "M3.500 4.500v-1.500h9v1.500M8 3v10M6.500 13h3",
  image: "M2.500 3.500h11v9h-11zM2.500 11l3-3 2.500 2.500 2-2 3.500 3M10.500 6.200h.01",
  group: "M2.500 5V2.500H5M11 2.500h2.500V5M13.500 11v2.500H11M5 13.500H2.500V11M5.500 5.500h5v5h-5z",
  stack: "M3 2.500h10v3.500H3zM3 10h10v3.500H3zM8 7.200v1.600",
  repeat: "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z",
  select: "M4 2.500 12.500 8 8.600 8.900 6.800 13z",
  hand: "M5.500 8.500V4a1 1 0 0 1 2 0v3.500-5a1 1 0 0 1 2 0v5-4a1 1 0 0 1 2 0v5.500c0 3-1.500 4.500-4 4.500-2 0-3-1-4.500-4-.7-1.500 1-2 1.700-1z",
  locked: "M4.500 7.500h7v5.500h-7zM6 7.500V5a2 2 0 0 1 4 0v2.500",
  unlocked: "M4.500 7.500h7v5.500h-7zM6 7.500V5a2 2 0 0 1 3.900-.7",
  visible: "M1.500 8C3 5.300 5.300 4 8 4s5 1.300 6.500 4C13 10.700 10.700 12 8 12S3 10.700 1.500 8zM8 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z",
  hidden: "M2 7.500C3.500 9.800 5.500 11 8 11s4.500-1.200 6-3.500M4 10l-1 1.500M8 11v1.800M12 10l1 1.500",
  undo: "M5.500 3 2.500 6l3 3M3 6h6.500a3.500 3.500 0 0 1 0 7H6",
  redo: "M10.500 3l3 3-3 3M13 6H6.500a3.500 3.500 0 0 0 0 7H10",
  "align-left": "M2.500 2v12M5 4.500h8v2.500H5zM5 9.500h5v2.500H5z",
  "align-center": "M8 2v2.500M8 7v2.500M8 12v2M4 4.500h8V7H4zM5.500 9.500h5V12h-5z",
  "align-right": "M13.500 2v12M3 4.500h8v2.500H3zM6 9.500h5v2.500H6z",
  "align-top": "M2 2.500h12M4.500 5H7v8H4.500zM9.500 5H12v5H9.500z",
  "align-middle": "M2 8h2.500M7 8h2.500M12 8h2M4.500 4H7v8H4.500zM9.500 5.500H12v5H9.500z",
  "align-bottom": "M2 13.500h12M4.500 3H7v8H4.500zM9.500 6H12v5H9.500z",
  "distribute-x": "M2.500 2v12M13.500 2v12M6.500 4.500h3v7h-3z",
  "distribute-y": "M2 2.500h12M2 13.500h12M4.500 6.500h7v3h-7z",
  code: "M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500",
  warning: "M8 2.500 14 13H2zM8 6.500v3M8 11.300v.1",
  close: "M4 4l8 8M12 4l-8 8",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  data: "M2.500 3h11v3h-11zM2.500 6v7h11V6M6.500 6v7",
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="glyph" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name] ?? PATHS["rect"]} />
    </svg>
  );
}
