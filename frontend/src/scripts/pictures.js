// A drawing as a PNG: the browser paints the SVG file that the server draws, and hands it over.
const SCALE = 2;

function painted(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth * SCALE;
      canvas.height = image.naturalHeight * SCALE;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    };
    image.onerror = () => reject(new Error("no drawing"));
    image.src = address;
  });
}

function handOver(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function startPictures() {
  for (const button of document.querySelectorAll("[data-png]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-png]");
    if (button === null) return;
    // Where no picture can be made, the drawing itself is what is left to give.
    try {
      handOver(await painted(button.dataset.png), button.dataset.name);
    } catch {
      window.location.assign(button.dataset.png);
    }
  });
}
