/**
 * What leaked passwords of twelve characters and more are made of. Lists of whole passwords hold few that long; these words,
 * alone or repeated, dressed up with digits and signs, hold most of what people pick and guessers try first.
 */
const words = new Set(
  `
  aaron abcd abcdef abcdefg access account admin administrator adobe alexander alexandra amanda andrea andrew angel angela
  animal anthony apple arsenal asdf asdfgh asdfghjkl ashley asshole august austin awesome babygirl backup bailey banana
  barcelona barney baseball basketball batman beautiful benjamin biteme blink boomer boston brandon broncos buster butter
  butterfly cameron camaro captain carlos caroline changeme changeit charles charlie charlotte cheese chelsea chester
  chicago chicken chocolate chris christian christina christopher coffee company computer connect cookie corvette cowboy
  cowboys crystal customer dallas daniel danielle database david december default demo denise dennis desktop diamond
  diablo disney dolphin dolphins dragon eagle eagles edward elephant elizabeth eminem everton facebook family fender
  ferrari fernando february flower flowers football forever forget frank freedom friday friend friends fuckoff fuckyou
  gabriel gandalf garfield gateway george ginger golden goldfish google gordon guest guitar hammer hannah happy harley
  heather hello hellokitty helloworld hockey home hunter iceman iloveyou iloveu internet jackson january jasmine jason
  jasper jennifer jeremy jessica jesus jordan joseph joshua julia july june justin killer king kitty knight konami
  laptop lakers lauren letmein letmeinnow liverpool login london lonely love lovely loveme loveyou lucky maggie manager
  manchester march marina marlboro martin master matrix matthew maverick maxwell mercedes merlin metallica michael
  michelle mickey midnight miller money monday monkey monster morgan mother mustang mypassword naruto natalie nathan ncc
  newpassword newyork nicholas nicole ninja nirvana november october office oliver online orange packers pakistan
  panther parola pass passcode passw passwd password passwort patricia patrick peanut pepper phoenix player pokemon
  porsche power prince princess private purple pussy qazwsx qazwsxedc qwer qwert qwerty qwertyui qwertyuiop qwertz
  rachel raiders rainbow ranger rangers rebecca red richard robert root rosebud samantha samsung sandra saturday scooter
  scorpion scott secret security senha september server service shadow shannon shop silver skywalker slayer smokey
  snoopy soccer sophie spider spiderman spring starwars startrek steelers stephanie steven store student summer sunday
  sunshine super superman superstar support sweet system taylor tennis teresa test tester testing thomas thunder tiger
  tigger tinkerbell toyota trustno trustme twitter tyler undertaker unknown user username vanessa victoria viking
  virginia walter welcome whatever william willow windows winner winter wizard yamaha yankees yellow zxcv zxcvbn
  zxcvbnm
  `.match(/\S+/g),
)

/** Rows that fingers run along. */
const runs = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
]

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** How many of the leaked passwords that people use most are refused, of those any shop lets be long enough. */
const LISTED = 10_000
const SHORTEST = 8

/** Read when the first password is chosen, and kept: about 3 MB. */
let listed: Promise<ReadonlySet<string>> | undefined

async function readList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const long = dictionary['passwords-common'].filter((password) => password.length >= SHORTEST)
  return new Set(long.slice(0, LISTED))
}

/** Whether a password is among those that guessers try before any other. */
export async function isCommon(password: string): Promise<boolean> {
  listed ??= readList()
  const known = await listed
  const plain = fold(password)
  if (new Set(plain).size < 5 || isRun(plain)) return true
  return undressed(password).some((text) => isMadeOf(text, words) || known.has(text) || known.has(unit(text)))
}

/** Whether a password is one of these words, two of them, or one again and again, however it is dressed up. */
export const isDressedUp = (password: string, words: ReadonlySet<string>): boolean =>
  undressed(password).some((text) => isMadeOf(text, words))

/** "P4ssw0rd2024!" is "password" behind its dress, whether its digits stand for letters or hang around them. */
function undressed(password: string): string[] {
  const plain = fold(password)
  const bare = plain.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
  return [plain, bare, unleet(plain), trimmed(plain), unleet(trimmed(plain)), plain.replaceAll(/[^\p{L}]/gu, '')]
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

const trimmed = (text: string): string => text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

const unleet = (text: string): string => [...text].map((sign) => LEET[sign] ?? sign).join('')

function isMadeOf(text: string, words: ReadonlySet<string>): boolean {
  if (words.has(unit(text))) return true
  return [...text].some((_, at) => words.has(text.slice(0, at)) && words.has(text.slice(at)))
}

/** What a text repeats, or itself. */
const unit = (text: string): string => text.slice(0, period(text))

/** The length of the shortest beginning that the text repeats: its own length when it repeats none. */
function period(text: string): number {
  for (let length = 1; length <= text.length / 2; length++) {
    if (
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .startsWith(text)
    )
      return length
  }
  return text.length
}

const isRun = (text: string): boolean => {
  const part = unit(text)
  return runs.some((run) => run.includes(part) || [...run].reverse().join('').includes(part))
}
