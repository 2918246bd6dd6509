// The callback follows the name, and the link to Bitbucket the Base URL, as they
// are typed. Without this script a button does the same.
const field = id => document.getElementById(id);

const callback = field("oauth2_callback_url");
function showCallback() {
  const slug = field("name").value.toLowerCase().replace(/[^\p{L}\p{Nd}]/gu, "");
  const app = callback.dataset.app;
  callback.value = `${app}/oauth/register/service/${slug},${app}/oauth/login/check-custom/${slug}`;
}

const applinks = field("oauth2_applinks");
function showApplinks() {
  const base = field("base_url").value.trim().replace(/\/+$/, "");
  if (/^https?:\/\/./.test(base)) {
    applinks.textContent = applinks.href = `${base}/plugins/servlet/applinks/listApplicationLinks`;
  } else {
    applinks.removeAttribute("href");
    applinks.textContent = "enter the Base URL first";
  }
}

field("name").addEventListener("input", showCallback);
field("base_url").addEventListener("input", showApplinks);
showCallback();
showApplinks();
field("show")?.remove();
