// Empty templates of usual sizes.

export interface Size {
  name: string;
  width: number;
  height: number;
}

export const SIZES: Size[] = [
  { name: "Email hero", width: 1200, height: 600 },
  { name: "Link preview", width: 1200, height: 630 },
  { name: "Square post", width: 1080, height: 1080 },
  { name: "Story", width: 1080, height: 1920 },
  { name: "Certificate, A4", width: 1754, height: 1240 },
  { name: "Badge", width: 900, height: 1200 },
  { name: "Web banner", width: 970, height: 250 },
];
